import { randomUUID } from 'node:crypto';
import { IncidentDesk } from '#engine';
import { day, fromIso, toIso } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { dayOf, Heap, midnightBefore, Player } from '#play';
import type { PostgresLog } from '#postgres';
import type { Library } from '#reference';
import { sealedText } from './reports.js';

const incidentsADay = 1_000;
/** Days apart by whole weeks, so that every working hour of a copy is a working hour too. */
const copyEveryMs = 7 * day;

/** A day of incidents, played through the production desk until the last one is over. */
const playedDay = async (library: Library): Promise<readonly RecordedEvent[]> => {
  const midnight = midnightBefore(Date.UTC(2024, 4, 13, 12), library.current.reference.calendar.utcOffsetMinutes);
  const store = new MemoryEventStore();
  const clock = new SimulatedClock(midnight);
  const desk = new IncidentDesk({ store, clock, library: () => library });
  const texts = { description: sealedText(60), address: sealedText(30), reporter: sealedText(50) };
  const scripts = dayOf(library.current, { seed: 1, incidents: incidentsADay, midnight, photo: { sha256: 'a'.repeat(64), bytes: 200_000 } }).map((script) => ({ ...script, ...texts }));
  await new Player({ desk, store, clock, library: () => library, until: midnight + 30 * day }).play(scripts);
  return store.readAll(0, Number.MAX_SAFE_INTEGER);
};

const momentOrId = /("\d{4}-\d\d-\d\dT[\d:.]+Z"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/;

type Cut = (shiftMs: number, idOf: (id: string) => string) => string;

/** A text with its moments and its numbers of incidents and messages cut out, so that a copy of it is quickly made. */
const cut = (text: string): Cut => {
  // Every second part is what was cut out.
  const parts = text.split(momentOrId);
  const moments = parts.map((part, index) => (index % 2 === 1 && part.startsWith('"') ? fromIso(part.slice(1, -1)) : null));
  return (shiftMs, idOf) => {
    let copy = '';
    parts.forEach((part, index) => {
      const moment = moments[index];
      copy += index % 2 === 0 ? part : moment === null || moment === undefined ? idOf(part) : `"${toIso(moment + shiftMs)}"`;
    });
    return copy;
  };
};

interface Template {
  readonly recordedAt: number;
  readonly version: number;
  readonly type: string;
  readonly schema: number;
  /** Whether it is the first fact of its command, which stands for the command in the log. */
  readonly first: boolean;
  readonly stream: Cut;
  readonly command: Cut;
  readonly meta: Cut;
  readonly data: Cut;
}

const templatesOf = (events: readonly RecordedEvent[]): readonly Template[] => {
  const commands = new Set<string>();
  return events.map(({ recordedAt, version, type, schema, stream, data, actor, commandId, correlationId, causationId }) => {
    const first = !commands.has(commandId);
    commands.add(commandId);
    return {
      recordedAt: fromIso(recordedAt), version, type, schema, first, stream: cut(stream), command: cut(commandId), data: cut(JSON.stringify(data)),
      meta: cut(JSON.stringify({ actor, commandId, correlationId, ...(causationId === undefined ? {} : { causationId }) })),
    };
  });
};

const columns = ['position', 'stream', 'version', 'event_id', 'type', 'schema', 'recorded_at', 'command_id', 'fingerprint', 'meta', 'data'] as const;
type Row = readonly (string | number | null)[];

interface CopiedDay {
  readonly shiftMs: number;
  readonly idOf: (id: string) => string;
  readonly next: number;
}

const newDay = (ordinal: number): CopiedDay => {
  const ids = new Map<string, string>();
  const idOf = (id: string): string => {
    const known = ids.get(id) ?? randomUUID();
    ids.set(id, known);
    return known;
  };
  return { shiftMs: ordinal * copyEveryMs, idOf, next: 0 };
};

/** Copies of one day, a week apart, each with numbers of its own; facts of overlapping days in the order of their moments. */
function* copiesOf(templates: readonly Template[], count: number): Generator<Row, void, void> {
  const days = new Heap<CopiedDay>();
  const beginsAt = templates[0]?.recordedAt ?? 0;
  let begun = 0;
  for (let position = 1; position <= count; position += 1) {
    while ((days.peekAt() ?? Infinity) >= beginsAt + begun * copyEveryMs) {
      days.push(newDay(begun), beginsAt + begun * copyEveryMs);
      begun += 1;
    }
    const day = days.pop()?.item as CopiedDay;
    const { shiftMs, idOf, next } = day;
    const { stream, version, type, schema, recordedAt, command, first, meta, data } = templates[next] as Template;
    yield [
      position, stream(shiftMs, idOf), version, randomUUID(), type, schema, toIso(recordedAt + shiftMs), command(shiftMs, idOf), first ? '' : null,
      meta(shiftMs, idOf), data(shiftMs, idOf),
    ];
    const following = templates[next + 1];
    if (following) days.push({ ...day, next: next + 1 }, following.recordedAt + shiftMs);
  }
}

const rowsPerInsert = 5_000;

/** Fills an empty log with so many facts, far faster than it could ever have come by them. */
export const fillLog = async ({ pool }: PostgresLog, library: Library, count: number, onFilled: (facts: number) => void): Promise<void> => {
  const templates = templatesOf(await playedDay(library));
  const types = ['bigint', 'text', 'integer', 'uuid', 'text', 'smallint', 'timestamptz', 'uuid', 'text', 'text', 'text'];
  const insert = (rows: readonly Row[]): Promise<unknown> =>
    pool.query({
      name: 'fill', text: `insert into engine.events (${columns.join(', ')}) select * from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})`,
      values: columns.map((_column, index) => rows.map((row) => row[index])),
    });
  let rows: Row[] = [];
  let inserting: Promise<unknown> = Promise.resolve();
  let filled = 0;
  for (const row of copiesOf(templates, count)) {
    rows.push(row);
    filled += 1;
    if (rows.length < rowsPerInsert && filled < count) continue;
    await inserting;
    inserting = insert(rows);
    onFilled(filled);
    rows = [];
  }
  await inserting;
  await pool.query('vacuum analyze engine.events');
};
