import { Controller, Get, Inject, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { toIso } from '#kernel';
import type { Iso } from '#kernel';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { readAsOf } from '../door/as-of.js';
import { ReadPosition } from '../door/log-position.js';
import type { ApiRequest } from '../door/request.js';
import { PastAddress } from './addresses.js';

interface LogPlace {
  readonly position: number;
  readonly at: Iso;
}

/** 时光 How far back one can look, and which fact was the last one at a moment. */
@ApiTags('queries')
@Controller('api/log')
export class LogController {
  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(ReadPosition) private readonly position: ReadPosition,
  ) {}

  @Get()
  @Asks('incidents')
  @ApiOperation({ summary: '账本跨度 First and last fact of the log, and with asOf the last fact by then and the reference data that was in force', operationId: 'logSpan' })
  async span(@Query() { asOf }: PastAddress, @Req() request: ApiRequest): Promise<object> {
    const { store } = this.ports;
    const past = asOf === undefined ? null : await readAsOf(asOf, store, this.ports.clock);
    request.logPosition = past?.position ?? (await this.position.current());
    const { position, recordedAt } = await store.head();
    const [first] = position === 0 ? [] : await store.readAll(0, 1);
    return {
      first: first ? ({ position: first.position, at: first.recordedAt } satisfies LogPlace) : null,
      last: recordedAt === null ? null : ({ position, at: recordedAt } satisfies LogPlace),
      asOf: past === null ? null : { position: past.position, at: toIso(past.at), referenceVersion: this.ports.libraryAsOf(past.position, past.at).current.reference.version },
    };
  }
}
