import type { Client } from 'pg';
import pg from 'pg';
import { fromIso, toIso } from '#kernel';
import type { Connection } from '#postgres';
import { clientConfig } from '#postgres';
import type { Look, OrderHead, OrderRow } from './order.js';
import { ask, leave, lookAt, writeOn } from './order.js';
import type { FoundFact, Place, RawEvent } from './stored-event.js';
import { factIn } from './stored-event.js';
import type { KurrentServer } from './server.js';
import { ServerAway } from './outcomes.js';
import { readAtOnce } from './server.js';

/** A holder that is not heard of for so long has lost the lock: whoever waits for it cannot wait for a machine that is gone. */
const sectionSession = { statement_timeout: '30s', lock_timeout: '60s', idle_session_timeout: '60s' };
/** After the time that a server was told, for its clock and the way there. */
const marginMs = 5_000;
const lookAgainMs = 20;

export interface SectionParts {
  readonly connection: Connection;
  readonly server: KurrentServer;
}

const isBehind = (place: Place, head: Place | null): boolean => head === null || place.commit > head.commit || (place.commit === head.commit && place.prepare > head.prepare);

/**
 * 次序锁 Where the order grows, one at a time in the whole city: so that whether a decision still holds, and which moment is recorded, is
 * judged against everything before it, as in PostgreSQL. The lock belongs to a connection that nobody else uses; when it breaks, the
 * lock is free and whoever comes next reads what was recorded under it.
 */
export class Section {
  private client: Client | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: SectionParts) {}

  /** Runs work under the lock, one after the other. After any failure the connection is given up, and with it the lock. */
  run<Value>(commands: readonly string[], streams: readonly string[], work: (held: Held, look: Look) => Promise<Value>): Promise<Value> {
    const mine = this.turn.catch(() => undefined).then(async () => {
      try {
        const client = await this.connected();
        const held = new Held(client, this.parts.server);
        const look = await lookAt(client, 'kurrent_enter', commands, streams);
        const value = await work(held, look);
        await leave(client);
        return value;
      } catch (error) {
        await this.drop();
        throw error;
      }
    });
    this.turn = mine;
    return mine;
  }

  async close(): Promise<void> {
    await this.turn.catch(() => undefined);
    await this.drop();
  }

  private async connected(): Promise<Client> {
    if (this.client) return this.client;
    const client = new pg.Client({ ...clientConfig(this.parts.connection, 'threeloops order', sectionSession), query_timeout: 70_000 });
    client.on('error', () => {
      if (this.client === client) this.client = null;
    });
    client.on('end', () => {
      if (this.client === client) this.client = null;
    });
    await client.connect();
    this.client = client;
    return client;
  }

  private async drop(): Promise<void> {
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }
}

/** What can be done while the lock is held. */
export class Held {
  constructor(
    private readonly client: Client,
    readonly server: KurrentServer,
  ) {}

  look(commands: readonly string[], streams: readonly string[]): Promise<Look> {
    return lookAt(this.client, 'kurrent_look', commands, streams);
  }

  ask(appends: readonly { readonly commandId: string; readonly stream: string; readonly expectedVersion: number }[]): Promise<void> {
    return ask(this.client, appends, this.server.deadlineMs + marginMs);
  }

  /**
   * Reads on in the server's order and writes it down, at least up to a place that is known to be recorded. Goes on only behind facts that
   * it has read, never behind what the server says of a filter. Fails with `ServerAway` when the place does not come in time.
   */
  async catchUp(head: OrderHead | null, until: bigint, settled: readonly string[]): Promise<readonly OrderRow[]> {
    const written: OrderRow[] = [];
    const since = performance.now();
    for (let last = head; ; ) {
      const page = await this.server.readAll(last, readAtOnce);
      const fresh = page.map((event) => this.read(event)).filter((fact) => isBehind(fact, last));
      const rows = inOrder(fresh, last);
      const end = rows.at(-1);
      if (end) last = { ...end, moment: fromIso(end.recordedAt) };
      const whole = page.length < readAtOnce && (last?.commit ?? 0n) >= until;
      await writeOn(this.client, rows, whole ? settled : []);
      written.push(...rows);
      if (whole) return written;
      if (rows.length > 0) continue;
      if (performance.now() - since > this.server.deadlineMs) throw new ServerAway('store.away', 'the event store does not show yet what it has recorded');
      await new Promise((resolve) => void setTimeout(resolve, lookAgainMs));
    }
  }

  private read(event: RawEvent): FoundFact {
    return factIn(event, this.server.prefix);
  }
}

/** The moment never goes back: where two writers disagree, the later one holds for both. */
const inOrder = (facts: readonly FoundFact[], head: OrderHead | null): readonly OrderRow[] => {
  let position = head?.position ?? 0;
  let moment = head?.moment ?? Number.NEGATIVE_INFINITY;
  return facts.map(({ stream, version, commit, prepare, eventId, recordedAt, commandId, fingerprint }) => {
    position += 1;
    moment = Math.max(moment, fromIso(recordedAt));
    return { position, commit, prepare, stream, version, eventId, recordedAt: toIso(moment), commandId, fingerprint };
  });
};
