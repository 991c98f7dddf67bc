import { IncidentDesk } from '#engine';
import type { Append } from '#kernel';
import { openPostgres } from '#postgres';
import type { PostgresLog } from '#postgres';
import { Progress } from '../progress.js';
import type { Group } from './group.js';
import { openLibraryStore } from './library-store.js';
import { inTurns, median, ratesOf, runFor } from './measure.js';
import type { Round } from './measure.js';
import { loadLibrary, reportAppends, reportOrders } from './reports.js';
import { rowOf } from './rows.js';

const rounds = 5;
const roundMs = 900;
const widths = [1, 32, 256] as const;

const wallClock = { now: () => Date.now(), anomaly: () => null };

/** One row by one statement, as plain as a table can be: no versions, no order, no memory of commands. */
const bareInserts = async ({ pool }: PostgresLog): Promise<(append: Append) => Promise<unknown>> => {
  await pool.query(`create table bare (position bigint generated always as identity primary key, stream text not null, version integer not null, event_id uuid not null,
    type text not null, recorded_at timestamptz not null default clock_timestamp(), meta text not null, data text not null)`);
  return ({ stream, expectedVersion, events: [event], provenance }) => pool.query({
    name: 'bare', text: 'insert into bare (stream, version, event_id, type, meta, data) values ($1, $2, $3, $4, $5, $6)',
    values: [stream, expectedVersion + 1, event?.eventId, event?.type, JSON.stringify(provenance), JSON.stringify(event?.data)],
  });
};

const insistRecorded = ({ status }: { readonly status: string }): void => {
  if (status !== 'recorded') throw new Error(`an append that nothing speaks against was answered "${status}"`);
};

type Contender = 'ours' | 'bare' | 'library';

/** Appends and the whole command path, on one server in turns; every contender writes the same fact with the same provenance. */
export const measureAppends = async ({ databaseUrl, say, wanted }: Group): Promise<void> => {
  const log = await openPostgres({ connection: { connectionString: databaseUrl }, kind: 'live', poolSize: 32 });
  const library = await loadLibrary();
  const others = await openLibraryStore(databaseUrl);
  try {
    const next = await reportAppends(library);
    const nextOrder = reportOrders(library.current);
    const insert = await bareInserts(log);
    const desk = new IncidentDesk({ store: log.store, clock: wallClock, library: () => library });
    const append: Readonly<Record<Contender, () => Promise<unknown>>> = {
      ours: async () => insistRecorded(await log.store.append(next())),
      bare: () => insert(next()),
      library: () => others.append(next()),
    };
    const command = async (): Promise<void> => insistRecorded(await desk.execute(nextOrder()));
    const contenders: Record<string, () => Promise<Round>> = {};
    for (const width of widths) for (const [name, work] of Object.entries(append)) contenders[`${name} ${width}`] = () => runFor(roundMs, width, work);
    contenders['command 256'] = () => runFor(roundMs, 256, command);
    const total = Object.keys(contenders).length;
    const progress = new Progress('appends', total * (rounds + 1), 'rounds');
    // The first turn warms everybody up and is not counted.
    await inTurns(1, contenders, (done) => progress.set(done));
    const results = await inTurns(rounds, contenders, (done) => progress.set(total + done));
    progress.finish();
    const of = (name: string): readonly Round[] => results[name] ?? [];
    const latency = (name: string): number => median(of(name).map(({ medianMs }) => medianMs));
    const best = Math.max(...widths.map((width) => ratesOf(of(`library ${width}`))));
    if (wanted.has('append-1')) {
      say(rowOf('append-1', latency('ours 1'), 'ms', latency('bare 1'), { perSecond: Math.round(ratesOf(of('ours 1'))), libraryMs: Number(latency('library 1').toFixed(3)) }));
    }
    for (const width of [32, 256] as const) {
      if (!wanted.has(`append-${width}`)) continue;
      say(rowOf(`append-${width}`, ratesOf(of(`ours ${width}`)), 'events/s', best, { barePerSecond: Math.round(ratesOf(of(`bare ${width}`))), libraryPerSecond: Math.round(ratesOf(of(`library ${width}`))) }));
    }
    if (wanted.has('command-path')) say(rowOf('command-path', ratesOf(of('command 256')), 'commands/s', ratesOf(of('ours 256'))));
  } finally {
    await others.close();
    await log.close();
  }
};
