import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AccessGuard } from '../door/access.js';
import { ProblemFilter } from '../door/problem-filter.js';
import { OPTIONS, PORTS } from '../ports.js';
import type { ApiOptions, WatchPorts } from '../ports.js';
import { HealthController } from './health-controller.js';
import { ProcessMetricsController } from './process-metrics-controller.js';

/** What every process that is watched answers, a door as a worker: life, readiness, figures; and the guard before all that is answered. */
@Module({})
export class WatchModule {
  static forRoot(ports: WatchPorts, options: ApiOptions): DynamicModule {
    const given = [{ provide: PORTS, useValue: ports }, { provide: OPTIONS, useValue: options }];
    return {
      module: WatchModule,
      imports: [TerminusModule.forRoot({ logger: false, gracefulShutdownTimeoutMs: 0 })],
      controllers: [HealthController, ProcessMetricsController],
      providers: [...given, { provide: APP_GUARD, useClass: AccessGuard }, { provide: APP_FILTER, useClass: ProblemFilter }],
      exports: [PORTS, OPTIONS],
    };
  }
}
