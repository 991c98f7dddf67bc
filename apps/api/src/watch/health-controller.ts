import { Controller, Get, HttpException, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { HealthCheckResult, HealthIndicatorResult } from '@nestjs/terminus';
import { Refusal, toIso } from '#kernel';
import { OPTIONS, PORTS } from '../ports.js';
import type { ApiOptions, WatchPorts } from '../ports.js';
import { Asks } from '../door/access.js';

const lagMaxUsual = 20_000;
const patienceMs = 2_000;
/** The evidence and what goes out may lag as far as they like: nobody's work waits for them. */
const unawaited: ReadonlySet<string> = new Set(['evidence', 'kafka-out']);
/** A witness that does not come back within this is somebody's to look after. */
const unwitnessedSecondsMost = 120;

const inTime = async <Value>(work: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

@ApiTags('watch')
@Controller('api/health')
export class HealthController {
  constructor(
    @Inject(PORTS) private readonly ports: WatchPorts,
    @Inject(OPTIONS) private readonly options: ApiOptions,
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers', operationId: 'live' })
  live(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('ready')
  @Asks('readiness')
  @HealthCheck({ swaggerDocumentation: false })
  @ApiOperation({ summary: 'Database, event store, subscriptions and clock; 503 when work cannot be done', operationId: 'ready' })
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check([() => this.database(), ...this.eventStore(), () => this.subscriptions(), () => this.clock(), () => this.evidence(), ...(this.ports.exchange ? [() => this.exchange()] : [])]);
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      throw new Refusal('engine.not-ready', 'The engine cannot do its work at this moment.', error.getResponse() as Record<string, unknown>);
    }
  }

  private async database(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('database');
    try {
      const { position } = await inTime(this.ports.store.head());
      const hindrance = this.ports.store.hindrance?.() ?? null;
      return hindrance === null ? indicator.up({ position }) : indicator.down(hindrance);
    } catch {
      return indicator.down('The log cannot be read.');
    }
  }

  /** Nothing to say where the facts are in the database. */
  private eventStore(): (() => Promise<HealthIndicatorResult>)[] {
    const { eventStore } = this.ports;
    if (!eventStore) return [];
    return [async () => {
      const indicator = this.indicators.check('eventStore');
      try {
        await inTime(eventStore.check());
        return indicator.up();
      } catch (error) {
        return indicator.down(error instanceof Error ? error.message : 'The event store does not answer.');
      }
    }];
  }

  private async subscriptions(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('subscriptions');
    const { lagMax = lagMaxUsual } = this.options;
    try {
      const [{ position }, positions] = await inTime(Promise.all([this.ports.store.head(), this.ports.subscriptions?.positions() ?? new Map<string, number>()]));
      const lags = Object.fromEntries([...positions].map(([name, reached]) => [name, Math.max(0, position - reached)]));
      return Object.entries(lags).every(([name, lag]) => lag <= lagMax || unawaited.has(name)) ? indicator.up({ lags }) : indicator.down({ lags, lagMax });
    } catch {
      return indicator.down('The subscriptions cannot be read.');
    }
  }

  /** A log that is not as it was is worked on all the same; that it is not signed any more, and why, is to be seen here. */
  private async evidence(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('evidence');
    try {
      const { alarm, epoch, checkpoints, unwitnessedSeconds, witnessesNeeded } = await inTime(this.ports.evidence.status());
      const detail = { epoch, signedPosition: checkpoints.sha256?.size ?? 0, unwitnessedSeconds, alarm };
      const late = witnessesNeeded > 0 && unwitnessedSeconds > unwitnessedSecondsMost;
      return alarm || late ? indicator.degraded(detail) : indicator.up(detail);
    } catch {
      return indicator.degraded('The evidence cannot be read.');
    }
  }

  /** People at their desks do not need the bus: a broker that is away impairs the engine and does not stop it. */
  private exchange(): HealthIndicatorResult {
    const indicator = this.indicators.check('kafka');
    const status = this.ports.exchange?.status();
    const well = [status?.out.state, status?.in?.state].every((state) => state === undefined || state === 'working' || state === 'starting');
    return well ? indicator.up({ ...status }) : indicator.degraded({ ...status });
  }

  /** A clock that runs implausibly holds the firing of deadlines, but reports are taken: the engine is impaired and not away. */
  private clock(): HealthIndicatorResult {
    const indicator = this.indicators.check('clock');
    const anomaly = this.ports.clock.anomaly();
    return anomaly ? indicator.degraded({ heldSince: toIso(anomaly.since), aheadMs: anomaly.aheadMs }) : indicator.up({ now: toIso(this.ports.clock.now()) });
  }
}
