import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { scopeOf } from '#identity';
import { Refusal, toIso } from '#kernel';
import { OPTIONS, PORTS } from '../ports.js';
import type { ApiOptions, ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { tokenIn } from '../door/cookies.js';
import { doorFigures } from '../door/metrics.js';
import { callerOf, headerOf } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { frameOf, LiveLog } from './live-log.js';
import type { Listener } from './live-log.js';
import { Sight } from './sight.js';

const heartbeatUsualMs = 15_000;
const bufferedBytesMax = 256 * 1024;
const streamsPerAccountMax = 20;
const partingMs = 2_000;

interface Client {
  readonly accountId: string;
  beat(): void;
  end(): void;
}

@ApiTags('stream')
@Controller('api/stream')
export class StreamController implements OnModuleDestroy {
  private readonly log: LiveLog;
  private readonly clients = new Set<Client>();
  private readonly figures;
  private heart: NodeJS.Timeout | null = null;

  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {
    this.log = new LiveLog(ports.store, new Sight(ports.desk), (error) => ports.log.warn({ err: error }, 'the live stream could not read the log'));
    this.figures = doorFigures(ports);
  }

  @Get()
  @Asks('stream')
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Log position of the last fact seen; facts after it follow', schema: { type: 'integer' } })
  @ApiOperation({ summary: '实况 Facts of incidents in the caller\'s jurisdiction as they are recorded; `resync` means: load anew and listen again', operationId: 'stream' })
  async stream(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const { account } = callerOf(request);
    const said = headerOf(request, 'last-event-id');
    if (said !== null && !/^\d{1,15}$/.test(said)) throw new Refusal('request.position-unreadable', 'Last-Event-ID is a log position.');
    const mine = [...this.clients].filter(({ accountId }) => accountId === account.id).length;
    if (mine >= streamsPerAccountMax) throw new Refusal('request.throttled', 'This account listens often enough already.', { streamsMax: streamsPerAccountMax });

    if (request.method === 'HEAD') {
      reply.type('text/event-stream; charset=utf-8').send();
      return;
    }

    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...reply.getHeaders(), 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no',
      'x-server-time': toIso(this.ports.clock.now()), 'x-log-position': String(this.log.at),
    } as Record<string, string>);
    const client = this.clientFor(request, reply, account.id);
    let leave: (() => void) | null = null;
    const gone = (): void => {
      this.clients.delete(client);
      leave?.();
      this.counted();
    };
    raw.on('close', gone);
    raw.on('error', gone);
    const listener: Listener = {
      scope: () => scopeOf(account, this.ports.library().current),
      send: (frames) => this.write(raw, frames),
      resync: () => resync(raw, this.log.at),
    };
    this.clients.add(client);
    this.counted();
    raw.write('retry: 2000\n\n');
    try {
      leave = await this.log.join(listener, said === null ? null : Number(said));
      if (raw.destroyed || raw.writableEnded) leave();
      else if (said === null) raw.write(frameOf(this.log.at, 'position', { position: this.log.at }));
    } catch (error) {
      this.ports.log.warn({ err: error, correlationId: request.correlationId }, 'a live stream could not begin');
      raw.end();
    }
  }

  onModuleDestroy(): void {
    for (const client of this.clients) client.end();
    if (this.heart) clearInterval(this.heart);
  }

  private clientFor(request: ApiRequest, { raw }: ApiReply, accountId: string): Client {
    const token = tokenIn(request, this.options);
    return {
      accountId,
      // The position goes along, so that a client for whom nothing happened resumes from here and not from long ago.
      beat: () => {
        this.write(raw, frameOf(this.log.at, 'position', { position: this.log.at }));
        this.ports.doorkeeper.resolve(token ?? '', false).then(
          (caller) => {
            if (!caller) raw.end('event: session-ended\ndata: {}\n\n');
          },
          () => undefined,
        );
      },
      end: () => raw.end(),
    };
  }

  /** Little piles up for a client that does not read: it is told to load anew, and let go. */
  private write(raw: ApiReply['raw'], frames: string): void {
    if (raw.destroyed || raw.writableEnded) return;
    if (raw.writableLength > bufferedBytesMax) resync(raw, this.log.at);
    else raw.write(frames);
  }

  private counted(): void {
    this.figures.streams.set(this.clients.size);
    if (this.clients.size > 0 && !this.heart) {
      this.heart = setInterval(() => {
        for (const client of this.clients) client.beat();
      }, this.options.heartbeatMs ?? heartbeatUsualMs);
      this.heart.unref();
    } else if (this.clients.size === 0 && this.heart) {
      clearInterval(this.heart);
      this.heart = null;
    }
  }
}

const resync = (raw: ApiReply['raw'], position: number): void => {
  if (raw.writableEnded) return;
  raw.end(frameOf(position, 'resync', { position }));
  setTimeout(() => raw.destroy(), partingMs).unref();
};
