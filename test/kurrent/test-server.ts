import type { Server as NetServer, Socket } from 'node:net';
import type { ServerCredentials, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { ServerCredentials as Credentials, Server, status } from '@grpc/grpc-js';
import features from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import featuresRpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import streamsRpc from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import type { AskedAppend, BatchCall } from './append-calls.js';
import { answerBatchAppend } from './append-calls.js';
import type { ReadCall } from './read-calls.js';
import { answerRead } from './read-calls.js';
import { StoredLog } from './stored-log.js';

/** What may go wrong with a server; everything is off until a test turns it on. */
export interface Weather {
  /** Every answer comes so much later. */
  slowMs: number;
  /** Calls are refused with this status. */
  refuse: status | null;
  /** The next so many appends are recorded and the connection breaks before anybody hears of it. */
  loseAnswers: number;
  /** The next so many appends are held: recorded only when `release` is called, whatever became of whoever asked. */
  hold: number;
}

/**
 * A server that speaks as much of KurrentDB's protocol over gRPC as the adapter uses: server features, batch append, read and subscribe.
 * It is no KurrentDB: it keeps everything in memory and knows no users, no cluster and no scavenging but what a test does to its log.
 */
export class TestServer {
  readonly weather: Weather = { slowMs: 0, refuse: null, loseAnswers: 0, hold: 0 };
  private server: Server | null = null;
  private readonly held: (() => void)[] = [];
  private port = 0;

  private constructor(
    readonly log: StoredLog,
    private readonly credentials: ServerCredentials,
  ) {}

  static async start({ log = new StoredLog(), credentials = Credentials.createInsecure() }: { readonly log?: StoredLog; readonly credentials?: ServerCredentials } = {}): Promise<TestServer> {
    const server = new TestServer(log, credentials);
    await server.revive();
    return server;
  }

  /** Address for the adapter, with the name of a log. */
  address(name = ''): string {
    return `kurrentdb://127.0.0.1:${this.port}${name === '' ? '' : `/${name}`}?tls=false`;
  }

  get portNumber(): number {
    return this.port;
  }

  /** Breaks every connection at once and listens no more. */
  kill(): void {
    this.server?.forceShutdown();
    this.server = null;
  }

  /** Listens again, where it did before, with what it had. */
  async revive(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(featuresRpc.ServerFeaturesService, { getSupportedMethods: (call: unknown, callback: sendUnaryData<features.SupportedMethods>) => this.supported(call as ServerUnaryCall<unknown, unknown>, callback) });
    server.addService(streamsRpc.StreamsService, {
      read: (call: ReadCall) => this.read(call), batchAppend: (call: BatchCall) => this.batchAppend(call),
      append: unimplemented, delete: unimplemented, tombstone: unimplemented,
    });
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, this.credentials, (error, port) => (error ? reject(error) : resolve(port)));
    });
    // Answers go out in small parts, each of which would otherwise wait for the other side to confirm the last.
    for (const listener of (server as unknown as { http2Servers: Map<NetServer, unknown> }).http2Servers.keys()) listener.on('connection', (socket: Socket) => socket.setNoDelay(true));
    this.server = server;
  }

  /** Lets the appends happen that were held: late, as those of a process that has died meanwhile. */
  release(): void {
    for (const happen of this.held.splice(0)) happen();
  }

  private supported(_call: unknown, callback: sendUnaryData<features.SupportedMethods>): void {
    if (this.weather.refuse !== null) return callback({ code: this.weather.refuse, details: 'refused' });
    const methods = new features.SupportedMethods().setEventStoreServerVersion('0.0.0-test');
    for (const method of ['read', 'append', 'batchappend']) methods.addMethods(new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(method));
    setTimeout(() => callback(null, methods), this.weather.slowMs);
  }

  private read(call: ReadCall): void {
    if (this.weather.refuse !== null) return void call.emit('error', { code: this.weather.refuse, details: 'refused' });
    if (this.weather.slowMs === 0) answerRead(this.log, call);
    else setTimeout(() => answerRead(this.log, call), this.weather.slowMs);
  }

  private batchAppend(call: BatchCall): void {
    if (this.weather.refuse !== null) return void call.emit('error', { code: this.weather.refuse, details: 'refused' });
    answerBatchAppend(call, (asked) => {
      if (this.weather.slowMs === 0) this.take(call, asked);
      else setTimeout(() => this.take(call, asked), this.weather.slowMs);
    });
  }

  private take(call: BatchCall, { stream, expected, events, answer, until }: AskedAppend): void {
    // Nobody waits for it any more, and the server was told so.
    if (Date.now() > until) return;
    if (this.weather.refuse !== null) return void call.emit('error', { code: this.weather.refuse, details: 'refused' });
    const happen = (): void => {
      const outcome = this.log.append(stream, expected, events);
      if (this.weather.loseAnswers === 0) return answer(outcome);
      this.weather.loseAnswers -= 1;
      call.emit('error', { code: status.UNAVAILABLE, details: 'connection lost' });
    };
    if (this.weather.hold === 0) return happen();
    this.weather.hold -= 1;
    this.held.push(happen);
  }
}

const unimplemented = (call: { emit(name: 'error', error: object): void }): void => call.emit('error', { code: status.UNIMPLEMENTED, details: 'the test server does not do that' });
