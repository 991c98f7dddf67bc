import type { AppendResult, Instant } from '#kernel';
import { Refusal, toIso, Unavailable } from '#kernel';
import type { PreparedAppend } from '#postgres';
import { isAway } from '#postgres';
import { BrokenLog } from './broken-log.js';
import type { Look } from './order.js';
import type { Section } from './section.js';
import type { Sent } from './outcomes.js';
import { ServerAway } from './outcomes.js';
import type { KurrentServer } from './server.js';
import type { FactToStore } from './stored-event.js';

interface Pending {
  readonly append: PreparedAppend;
  readonly index: number;
  /** It was sent once already, so that what is found under its command may be its own doing. */
  sent: boolean;
  why: string | null;
}

interface Ready extends Pending {
  readonly recordedAt: Instant;
}

type Results = (AppendResult | Error | undefined)[];

/** As `$all` and the server's answers have them. */
const idOf = (text: string): string => text.toLowerCase();

export const factsOf = ({ events, commandId, fingerprint, meta }: PreparedAppend, recordedAt: Instant): readonly FactToStore[] =>
  events.map(({ eventId, type, schema, data }, turn) => ({
    eventId: idOf(eventId), type, schema, data, meta, commandId: idOf(commandId), turn, fingerprint: turn === 0 ? (fingerprint ?? '') : null, recordedAt: toIso(recordedAt),
  }));

/**
 * Appends batches: looks and judges under the lock, sends what nothing speaks against, all at once, and writes down where it came to stand.
 * What is not known to be recorded or not is asked for again, with the same ids and the same version, until it is or patience ends.
 */
export class AppendLane {
  private closed = false;

  constructor(
    private readonly section: Section,
    private readonly server: KurrentServer,
    private readonly patienceMs: number,
  ) {}

  close(): void {
    this.closed = true;
  }

  /** Results in order; an error among them fails its append alone. */
  async append(batch: readonly PreparedAppend[]): Promise<readonly (AppendResult | Error)[]> {
    const results: Results = batch.map(() => undefined);
    const pending = batch.map((append, index): Pending => ({ append, index, sent: false, why: null }));
    const start = performance.now();
    for (let losses = 0; ; ) {
      const open = pending.filter(({ index }) => results[index] === undefined);
      if (open.length === 0) return results as (AppendResult | Error)[];
      let why: unknown = null;
      let progressed = false;
      try {
        progressed = await this.round(open, results);
      } catch (error) {
        if (!isAway(error) && !(error instanceof ServerAway)) throw error;
        why = error;
      }
      if (progressed) continue;
      losses += 1;
      if (losses % 3 === 0) this.server.renew();
      const delayMs = Math.min(20 * 2 ** losses, 500);
      if (this.closed || performance.now() - start + delayMs > this.patienceMs) {
        for (const each of open) results[each.index] ??= awayFor(each, why);
        continue;
      }
      await new Promise((resolve) => void setTimeout(resolve, delayMs));
    }
  }

  /** One time under the lock. Answers whether anything was learnt that makes another one worth while at once. */
  private round(open: readonly Pending[], results: Results): Promise<boolean> {
    const commands = open.map(({ append }) => append.commandId);
    const streams = [...new Set(open.map(({ append }) => append.stream))];
    return this.section.run(commands, streams, async (held, first) => {
      let look = first;
      if (look.asked.length > 0) {
        // Somebody was cut off: what has arrived of that is read before anything is judged.
        await held.catchUp(look.head, 0n, look.asked.filter(({ over }) => over).map(({ commandId }) => commandId));
        look = await held.look(commands, streams);
      }
      const ready = judge(open, look, results);
      if (ready.length === 0) return true;
      await held.ask(ready.map(({ append }) => append));
      const sent = await this.send(ready);
      const places = [...sent.values()].flatMap((each) => (each.kind === 'recorded' ? [each.commit] : []));
      const settled = ready.filter((each) => sent.get(each)?.kind !== 'unknown').map(({ append }) => append.commandId);
      await held.catchUp(look.head, places.reduce((most, place) => (place > most ? place : most), 0n), settled);
      return settle(ready, sent, await held.look(commands, streams), results);
    });
  }

  /** All at once, unless one of them would no longer hold at the moment of another: that one goes first. */
  private async send(ready: readonly Ready[]): Promise<ReadonlyMap<Ready, Sent>> {
    const sent = new Map<Ready, Sent>();
    for (const wave of wavesOf(ready)) {
      const answers = await Promise.all(wave.map(({ append, recordedAt }) => this.server.append(append.stream, append.expectedVersion, factsOf(append, recordedAt))));
      wave.forEach((each, index) => {
        each.sent = true;
        sent.set(each, answers[index] as Sent);
      });
      if (answers.some(({ kind }) => kind === 'unknown')) break;
    }
    return sent;
  }
}

const wavesOf = (ready: readonly Ready[]): readonly (readonly Ready[])[] => {
  const waves: Ready[][] = [];
  let holdsUntil = Number.NEGATIVE_INFINITY;
  for (const each of ready) {
    const until = each.append.validUntil ?? Number.POSITIVE_INFINITY;
    if (each.recordedAt > holdsUntil) {
      waves.push([each]);
      holdsUntil = until;
    } else {
      waves.at(-1)?.push(each);
      holdsUntil = Math.min(holdsUntil, until);
    }
  }
  return waves;
};

/** What speaks against each, in order; the rest is ready to be sent, each with its moment. */
const judge = (open: readonly Pending[], { head, versions, known, asked }: Look, results: Results): readonly Ready[] => {
  const onTheWay = new Map(asked.filter(({ over }) => !over).map((each) => [each.commandId, each]));
  let moment = head?.moment ?? Number.NEGATIVE_INFINITY;
  const ready: Ready[] = [];
  for (const pending of open) {
    const { append, index, sent } = pending;
    const { stream, expectedVersion, decidedAt, validUntil, events } = append;
    const before = known.get(idOf(append.commandId));
    const other = onTheWay.get(idOf(append.commandId));
    const version = versions.get(stream) ?? 0;
    const at = Math.max(moment, decidedAt);
    if (before) {
      const isThisVeryAppend = sent && before.eventId === idOf(events[0]?.eventId ?? '');
      results[index] = isThisVeryAppend
        ? { status: 'recorded', version: before.version, position: before.position, recordedAt: toIso(before.moment) }
        : { status: 'duplicate', stream: before.stream, version: before.version, position: before.position, fingerprint: before.fingerprint };
    } else if (other && (other.stream !== stream || other.expectedVersion !== expectedVersion)) {
      results[index] = new Unavailable('store.unknown-outcome', 'the same command was asked for elsewhere and may still be recorded there; ask again with the same command id', 5);
    } else if (version !== expectedVersion) {
      results[index] = { status: 'conflict', actualVersion: version };
    } else if (validUntil !== null && at > validUntil) {
      results[index] = { status: 'expired', logTime: toIso(at) };
    } else {
      moment = at;
      ready.push(Object.assign(pending, { recordedAt: at }));
    }
  }
  return ready;
};

/** Results of what was sent, by what the order has now. Answers whether anything was settled. */
const settle = (ready: readonly Ready[], sent: ReadonlyMap<Ready, Sent>, look: Look, results: Results): boolean => {
  for (const each of ready) {
    const { append, index } = each;
    const answer = sent.get(each);
    if (answer?.kind === 'recorded') judge([each], look, results);
    else if (answer?.kind === 'wrong-version' && (look.versions.get(append.stream) ?? 0) === append.expectedVersion && !look.known.has(idOf(append.commandId))) {
      results[index] = new BrokenLog('store.order-differs', `The event store has the stream ${append.stream} at another version than ${append.expectedVersion}, which the order says`, { stream: append.stream, version: append.expectedVersion });
    } else if (answer?.kind === 'too-large') results[index] = new Refusal('store.append-too-large', 'what is to be recorded at once is larger than the event store takes');
    else if (answer?.kind === 'deleted') results[index] = new BrokenLog('store.stream-deleted', `The stream ${append.stream} was deleted in the event store`, { stream: append.stream });
    else if (answer?.kind === 'denied') results[index] = new Unavailable('store.access-denied', 'the event store does not let us write');
    else if (answer?.kind === 'unknown') each.why = answer.why;
  }
  return [...sent.values()].some(({ kind }) => kind !== 'unknown');
};

const awayFor = ({ sent, why }: Pending, cause: unknown): Unavailable =>
  Object.assign(
    new Unavailable(sent ? 'store.unknown-outcome' : 'store.away', `the store cannot be reached${why === null ? '' : ` (${why})`}; ask again with the same command id`),
    cause === null ? {} : { cause },
  );
