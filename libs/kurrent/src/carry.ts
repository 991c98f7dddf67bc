import { Refusal, Unavailable } from '#kernel';
import type { WholeRow } from '#postgres';
import { asRow } from './fact-reader.js';
import type { FactReader } from './fact-reader.js';
import type { OrderHead, OrderRow } from './order.js';
import type { Held } from './section.js';
import type { KurrentServer } from './server.js';
import type { FactToStore } from './stored-event.js';

/** Facts that are carried at a time. */
export const pageSize = 500;
/** The server takes a megabyte unless it is told otherwise. */
const charactersMost = 200_000;
const triesMost = 20;
const triesApartMs = 250;

const differs = (position: number): Refusal =>
  new Refusal('move.target-not-empty', `The target already holds another fact than the log at position ${position}; a log is moved to where nothing is, or to where a part of it is already.`, { position });

const isSame = (a: WholeRow, b: WholeRow): boolean => (Object.keys(a) as (keyof WholeRow)[]).every((name) => a[name] === b[name]);

/** The part that is there already: it must be the beginning of the log, fact by fact. Answers where it ends. */
export const comparedUpTo = async (source: (after: number) => Promise<readonly WholeRow[]>, target: (after: number) => Promise<readonly WholeRow[]>, onProgress: (position: number) => void): Promise<number> => {
  for (let position = 0; ; onProgress(position)) {
    const [there, here] = await Promise.all([target(position), source(position)]);
    if (there.length === 0) return position;
    there.forEach((row, index) => {
      const own = here[index];
      if (!own || !isSame(own, row)) throw differs(row.position);
    });
    position += there.length;
  }
};

export const fromKurrent = async (reader: FactReader, after: number): Promise<readonly WholeRow[]> =>
  (await reader.after(after, pageSize)).map((placed) => ({ ...asRow(placed), commandId: placed.row.commandId, fingerprint: placed.fact.fingerprint }));

/** Neighbours of one stream go together, as many as the server takes at once: it gives them neighbouring places. */
const runsOf = (rows: readonly WholeRow[]): readonly (readonly WholeRow[])[] => {
  const runs: WholeRow[][] = [];
  let characters = 0;
  for (const row of rows) {
    const last = runs.at(-1);
    characters += row.data.length + row.meta.length;
    if (last && last[0]?.stream === row.stream && characters < charactersMost) last.push(row);
    else {
      runs.push([row]);
      characters = row.data.length + row.meta.length;
    }
  }
  return runs;
};

export const storable = (rows: readonly WholeRow[], turns: { of: string; next: number }): readonly FactToStore[] =>
  rows.map(({ eventId, type, schema, commandId, fingerprint, recordedAt, meta, data }) => {
    if (turns.of !== commandId) Object.assign(turns, { of: commandId, next: 0 });
    turns.next += 1;
    return { eventId, type, schema, commandId, turn: turns.next - 1, fingerprint, recordedAt, meta, data };
  });

const send = async (server: KurrentServer, stream: string, version: number, facts: readonly FactToStore[]): Promise<bigint> => {
  for (let tries = 1; ; tries += 1) {
    const sent = await server.append(stream, version, facts);
    if (sent.kind === 'recorded') return sent.commit;
    if (sent.kind !== 'unknown') throw new Refusal('move.not-taken', `The event store does not take the facts of the stream ${stream} from version ${version + 1} on: ${sent.kind}.`, { stream, version, why: sent.kind });
    if (tries === triesMost) throw new Unavailable('store.away', `the event store does not answer (${sent.why}); run the same again to go on`);
    await new Promise((resolve) => void setTimeout(resolve, triesApartMs));
  }
};

/** Carries a page over and sees to it that every fact came to stand at its own position, with its own moment. */
export const carry = async (held: Held, head: OrderHead | null, rows: readonly WholeRow[], turns: { of: string; next: number }): Promise<void> => {
  let until = 0n;
  for (const run of runsOf(rows)) until = await send(held.server, run[0]?.stream ?? '', (run[0]?.version ?? 1) - 1, storable(run, turns));
  const written = await held.catchUp(head, until, []);
  rows.forEach((row, index) => {
    const found: OrderRow | undefined = written[index];
    if (found?.position !== row.position || found.stream !== row.stream || found.version !== row.version || found.recordedAt !== row.recordedAt || found.eventId !== row.eventId) throw differs(row.position);
  });
};
