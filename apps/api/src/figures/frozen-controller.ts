import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { deterministicId } from '#engine';
import type { Frozen, FrozenInFull } from '#figures';
import { Refusal, toIso } from '#kernel';
import { keyFrom } from '#sealing';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { ReadPosition } from '../door/log-position.js';
import { isUuid } from '../door/request.js';
import type { ApiRequest } from '../door/request.js';
import { Door } from '../orders/door.js';
import { fingerprintOf } from '../orders/fingerprint.js';
import { FreezeBody } from './addresses.js';
import { filterIn, metricIn, periodIn, Questions } from './questions.js';

const id = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;
/** The latest ones; older ones are asked for by their number. */
const listed = 100;

@ApiTags('figures')
@Controller('api/frozen-figures')
export class FrozenController {
  private readonly fingerprintKey: Buffer;

  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(Questions) private readonly questions: Questions,
    @Inject(Door) private readonly door: Door,
    @Inject(ReadPosition) private readonly position: ReadPosition,
  ) {
    this.fingerprintKey = keyFrom(ports.secret, 'fingerprint of a request');
  }

  @Post()
  @Asks('freeze-figures')
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'UUID; asking again with the same one does nothing twice', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({ summary: '考核固化 Puts figures of a period that is over into the log, with their definitions and a hash', operationId: 'freezeFigures' })
  async freeze(@Body() body: FreezeBody, @Req() request: ApiRequest): Promise<FrozenInFull> {
    const { caller, commandId } = this.door.sending(request);
    const metrics = body.metrics.map(metricIn);
    const period = periodIn(body);
    const { position, at } = await this.questions.present();
    if (period.before !== null && period.before > at) throw new Refusal('figures.period-not-over', 'Only a period that is over is frozen.', { before: body.before, now: toIso(at) });
    const frozen = await this.ports.figures.freeze({
      figuresId: deterministicId('frozen-figures', commandId), commandId, correlationId: request.correlationId, actor: caller.actor, metrics,
      fingerprint: fingerprintOf(this.fingerprintKey, caller.actor.id, `${request.method} ${request.url}`, body),
      asked: { ...period, by: body.by ?? null, filter: filterIn(body.filter ?? {}), at, position, places: this.questions.placesOf(request) },
    });
    request.logPosition = frozen.frozenPosition;
    return frozen;
  }

  @Get()
  @Asks('metrics')
  @ApiOperation({ summary: '固化考核 What has been frozen, the latest hundred', operationId: 'frozenFigures' })
  async list(@Req() request: ApiRequest): Promise<object> {
    request.logPosition = await this.position.current();
    const frozen = await this.ports.figures.latest(listed);
    return { items: frozen.filter((each) => this.sees(each, request)) };
  }

  @Get(':id')
  @Asks('metrics')
  @ApiParam(id)
  @ApiOperation({ summary: '固化考核 Frozen figures as they stand in the log', operationId: 'frozenFigure' })
  async one(@Param('id') figuresId: string, @Req() request: ApiRequest): Promise<FrozenInFull> {
    const frozen = await this.visible(figuresId, request);
    request.logPosition = frozen.frozenPosition;
    return frozen;
  }

  @Get(':id/recomputed')
  @Asks('metrics')
  @HttpCode(200)
  @ApiParam(id)
  @ApiOperation({ summary: '复算 Frozen figures computed again over the same part of the log: the same, or what differs', operationId: 'recomputedFigures' })
  async recomputed(@Param('id') figuresId: string, @Req() request: ApiRequest): Promise<object> {
    const { position } = await this.visible(figuresId, request);
    request.logPosition = position;
    return this.ports.figures.recomputed(figuresId.toLowerCase());
  }

  private async visible(figuresId: string, request: ApiRequest): Promise<FrozenInFull> {
    const unknown = new Refusal('figures.unknown', 'There are no frozen figures with this number.');
    if (!isUuid(figuresId)) throw unknown;
    const frozen = await this.ports.figures.read(figuresId.toLowerCase());
    if (!this.sees(frozen, request)) throw unknown;
    return frozen;
  }

  /** Figures of places that all lie inside the caller's own. */
  private sees({ places }: Pick<Frozen, 'places'>, request: ApiRequest): boolean {
    const own = this.questions.placesOf(request);
    const city = this.ports.library().current;
    return own === null || (places !== null && places.every((place) => own.some((outer) => city.contains(outer, place))));
  }
}
