import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ConsoleController } from './console/console-controller.js';
import { ReadPosition } from './door/log-position.js';
import { EvidenceController } from './evidence/evidence-controller.js';
import { VerifierController } from './evidence/verifier-controller.js';
import { AccountController } from './identity/account-controller.js';
import { PageController } from './identity/page-controller.js';
import { SessionController } from './identity/session-controller.js';
import { CommandController } from './orders/command-controller.js';
import { FigureController } from './figures/figure-controller.js';
import { FrozenController } from './figures/frozen-controller.js';
import { Questions } from './figures/questions.js';
import { Door } from './orders/door.js';
import { IncidentOrderHandler } from './orders/incident-order.js';
import { ReportController } from './orders/report-controller.js';
import { PhotoController } from './photos/photo-controller.js';
import type { ApiOptions, ApiPorts } from './ports.js';
import { DutyController } from './queries/duty-controller.js';
import { FieldKitController } from './queries/field-kit-controller.js';
import { LogController } from './queries/log-controller.js';
import { queryHandlers } from './queries/queries.js';
import { MapController } from './queries/map-controller.js';
import { QueryController } from './queries/query-controller.js';
import { Reader } from './queries/reader.js';
import { ReferenceController } from './reference/reference-controller.js';
import { StreamController } from './stream/stream-controller.js';
import { DocsController } from './watch/docs-controller.js';
import { DocumentHolder } from './watch/document-holder.js';
import { WatchModule } from './watch/watch-module.js';

const controllers: readonly Type[] = [
  ReportController, CommandController, QueryController, LogController, FigureController, FrozenController, FieldKitController, DutyController, MapController, PhotoController, StreamController, SessionController, AccountController, PageController,
  ReferenceController, ConsoleController, EvidenceController, VerifierController, DocsController,
];

/** The front door as a module, beside what every process that is watched answers. Its rules on the wire (sessions before bodies, headers, limits) come with `createApi`. */
@Module({})
export class ApiModule {
  static forRoot(ports: ApiPorts, options: ApiOptions = {}, position: ReadPosition = new ReadPosition(ports.views)): DynamicModule {
    return {
      module: ApiModule,
      imports: [CqrsModule.forRoot(), WatchModule.forRoot(ports, options)],
      controllers: [...controllers, ...(options.controllers ?? [])],
      providers: [{ provide: ReadPosition, useValue: position }, IncidentOrderHandler, ...queryHandlers, Door, Questions, Reader, DocumentHolder],
    };
  }
}
