import { toIso, Unavailable } from '#kernel';
import type { AppendResult, Instant } from '#kernel';
import type { PreparedAppend } from '#postgres';
import { factsOf } from './append-lane.js';
import type { Look } from './order.js';
import type { Held, Section } from './section.js';

/**
 * Records appends in the order given, one after the other, for the single writer of a log. What does not fit is a defect and found before
 * anything is sent. When it is cut off in the middle, the same once more goes on where it stopped.
 */
export const recordInOrder = (section: Section, batch: readonly PreparedAppend[]): Promise<readonly AppendResult[]> => {
  const commands = batch.map(({ commandId }) => commandId);
  const streams = [...new Set(batch.map(({ stream }) => stream))];
  return section.run(commands, streams, async (held, first) => {
    await held.catchUp(first.head, 0n, []);
    const look = await held.look(commands, streams);
    const fresh = batch.filter(({ commandId }) => !look.known.has(commandId.toLowerCase()));
    insistOnVersions(fresh, look);
    await held.ask(fresh);
    const until = await sendOneByOne(held, fresh, look.head?.moment ?? Number.NEGATIVE_INFINITY);
    await held.catchUp(look.head, until, fresh.map(({ commandId }) => commandId));
    const { known } = await held.look(commands, []);
    return batch.map(({ commandId, stream }): AppendResult => {
      const found = known.get(commandId.toLowerCase());
      if (!found) throw new Error(`what was recorded on the stream ${stream} is not found again`);
      return { status: 'recorded', version: found.version, position: found.position, recordedAt: toIso(found.moment) };
    });
  });
};

const insistOnVersions = (batch: readonly PreparedAppend[], { versions }: Look): void => {
  const now = new Map(versions);
  for (const { stream, expectedVersion, events } of batch) {
    const version = now.get(stream) ?? 0;
    if (version !== expectedVersion) throw new Error(`stream ${stream} is at version ${version}, not ${expectedVersion}`);
    now.set(stream, version + events.length);
  }
};

const sendOneByOne = async (held: Held, batch: readonly PreparedAppend[], after: Instant): Promise<bigint> => {
  let until = 0n;
  let moment = after;
  for (const append of batch) {
    moment = Math.max(moment, append.decidedAt);
    const sent = await held.server.append(append.stream, append.expectedVersion, factsOf(append, moment));
    if (sent.kind === 'unknown') throw new Unavailable('store.unknown-outcome', `the event store did not answer (${sent.why}); ask again with the same command ids`);
    if (sent.kind !== 'recorded') throw new Error(`the event store did not record on the stream ${append.stream}: ${sent.kind}`);
    until = sent.commit;
  }
  return until;
};
