import { dirname, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Engine, seed } from '#assembly';
import type { Settings } from '#assembly';
import { deterministicId, IncidentDesk } from '#engine';
import { Refusal } from '#kernel';
import type { Actor } from '#kernel';
import { SimulatedClock } from '#memory';
import { closingTableOf, Player, WriteBehindStore } from '#play';
import type { ClosingTable, Script } from '#play';
import { Sealer } from '#sealing';
import { loadMapping, readReports, writeTable } from '#tables';
import type { MappedReport, Reject } from '#tables';
import { Progress } from './progress.js';
import { endOf, importedIncidentId, scriptsOf } from './real-scripts.js';

export interface ImportOptions {
  /** The foreign table, CSV, gzipped or not. */
  readonly file: string;
  /** The mapping folder, or the `mapping.json` in it. */
  readonly mapping: string;
  /** Play the reports with their true times into a log of their own, instead of reporting them now. */
  readonly play: boolean;
  /** For a play: the city that the mapping maps into; default the folder above the mapping's. */
  readonly reference: string | undefined;
  /** Where rows that cannot be read are listed; default beside the data. */
  readonly rejects: string | undefined;
}

export interface ImportResult {
  readonly rows: number;
  readonly rejected: number;
  readonly rejectFile: string | null;
  readonly remarks: ReadonlyMap<string, number>;
  /** Of a live import. */
  readonly recorded: number;
  /** Of a play. */
  readonly table: ClosingTable | null;
  readonly interrupted: boolean;
}

const mappingFolder = (path: string): string => (path.endsWith('.json') ? dirname(resolve(path)) : resolve(path));
const concurrency = 256;

interface Rows {
  readonly reports: readonly MappedReport[];
  readonly rejects: readonly { readonly line: number; readonly reject: Reject }[];
  readonly remarks: ReadonlyMap<string, number>;
}

const readAllRows = async (engine: Engine, { file, mapping }: ImportOptions): Promise<Rows> => {
  const table = await loadMapping(mappingFolder(mapping), engine.shelf.library().current.reference);
  const reports: MappedReport[] = [];
  const rejects: { line: number; reject: Reject }[] = [];
  const remarks = new Map<string, number>();
  const progress = new Progress('reading', null, 'rows');
  for await (const read of readReports(table, file)) {
    progress.add();
    if ('reject' in read) rejects.push({ line: read.line, reject: read.reject });
    else {
      reports.push(read.report);
      for (const remark of read.report.remarks) remarks.set(remark, (remarks.get(remark) ?? 0) + 1);
    }
  }
  progress.finish();
  return { reports, rejects, remarks };
};

/** Rows that cannot be read are listed, none is silently dropped. */
const listRejects = async (settings: Settings, options: ImportOptions, { rejects }: Rows): Promise<string | null> => {
  const path = resolve(options.rejects ?? `${settings.dataFolder}/rejected-rows.csv`);
  await writeTable(path, ['line', 'code', 'reason'], rejects.map(({ line, reject }) => ({ line: String(line), code: reject.code, reason: reject.reason })));
  return rejects.length === 0 ? null : path;
};

/** Runs work on items with a bound on how many are under way; stops taking new ones when told to. */
const each = async <Item>(items: readonly Item[], signal: AbortSignal, work: (item: Item) => Promise<void>): Promise<void> => {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length && !signal.aborted; index = next++) await work(items[index] as Item);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
};

const importer: Actor = { id: 'import-reports', role: 'channel', unit: 'import' };

/** Reports of now: what the table says happened later is not for the engine to know; the claimed time stands in the fact. */
export const importLive = async (engine: Engine, settings: Settings, options: ImportOptions, signal: AbortSignal): Promise<ImportResult> => {
  const rows = await readAllRows(engine, options);
  const rejectFile = await listRejects(settings, options, rows);
  const sealer = new Sealer(engine.vault, engine.secrets.digestKey);
  const progress = new Progress('reporting', rows.reports.length, 'reports');
  let recorded = 0;
  await each(rows.reports, signal, async (report) => {
    const incidentId = importedIncidentId(report);
    const commandId = deterministicId('import', incidentId);
    if (!(await engine.log.store.findCommand(commandId))) {
      const { description, address } = await sealer.seal(incidentId, { description: report.description, address: report.address });
      const outcome = await engine.desk.execute({
        command: {
          type: 'ReportIncident',
          data: {
            incidentId, channel: report.channel, externalId: report.externalId, gridCode: report.gridCode, ruleHint: report.ruleId,
            ...(report.location ? { location: report.location } : {}), ...(description ? { description } : {}), ...(address ? { address } : {}),
          },
        },
        actor: importer, commandId, correlationId: commandId, claimedAt: report.reportedAt,
      });
      if (outcome.status === 'recorded') recorded += 1;
    }
    progress.add();
  });
  progress.finish();
  return { rows: rows.reports.length + rows.rejects.length, rejected: rows.rejects.length, rejectFile, remarks: rows.remarks, recorded, table: null, interrupted: signal.aborted };
};

/** Seals the texts of reports that the log does not hold yet. */
const sealedTexts = async (engine: Engine, reports: readonly MappedReport[], signal: AbortSignal) => {
  const sealer = new Sealer(engine.vault, engine.secrets.digestKey);
  const sealed = new Map<MappedReport, Awaited<ReturnType<Sealer['seal']>>>();
  const progress = new Progress('sealing', reports.length, 'texts');
  await each(reports, signal, async (report) => {
    sealed.set(report, await sealer.seal(importedIncidentId(report), { description: report.description, address: report.address }));
    progress.add();
  });
  progress.finish();
  return (report: MappedReport) => sealed.get(report) ?? {};
};

/**
 * Plays the table into a log of its own, marked as played: true times of report and of work, every rule the engine's own. Such a log is for
 * looking at and always whole in its database.
 */
export const playReports = async (settings: Settings, options: ImportOptions, signal: AbortSignal, notice: (text: string) => void): Promise<ImportResult> => {
  const clock = new SimulatedClock(0);
  const engine = await Engine.open({
    dataFolder: settings.dataFolder, kind: 'played', clock, notice, ...(settings.databaseUrl === undefined ? {} : { databaseUrl: settings.databaseUrl }),
  });
  try {
    const { recordedAt } = await engine.log.store.head();
    if (recordedAt !== null) clock.set(Date.parse(recordedAt));
    if (engine.shelf.isEmpty) await seed(engine, options.reference ?? dirname(mappingFolder(options.mapping)), { accounts: false });
    const rows = await readAllRows(engine, options);
    if (rows.reports.length === 0) throw new Refusal('import.nothing-to-play', 'The table has no row that can be played.', { rejected: rows.rejects.length });
    const rejectFile = await listRejects(settings, options, rows);
    const texts = await sealedTexts(engine, rows.reports, signal);
    const scripts = scriptsOf(rows.reports, texts, engine.shelf.library().current);
    const progress = new Progress('playing', scripts.length, 'incidents reported');
    await play(engine, clock, scripts, signal, progress);
    progress.finish();
    return {
      rows: rows.reports.length + rows.rejects.length, rejected: rows.rejects.length, rejectFile, remarks: rows.remarks, recorded: 0,
      table: await closingTableOf(engine.log.store), interrupted: signal.aborted,
    };
  } finally {
    await engine.close();
  }
};

const play = async (engine: Engine, clock: SimulatedClock, scripts: readonly Script[], signal: AbortSignal, progress: Progress): Promise<void> => {
  const store = await WriteBehindStore.over(engine.log.store);
  const desk = new IncidentDesk({ store, clock, library: engine.shelf.library, cachedIncidentsMax: 200_000 });
  let moves = 0;
  let reported = 0;
  const player = new Player({
    desk, store, clock, library: engine.shelf.library, until: endOf(scripts), signal,
    onMove: ({ command, at }) => {
      moves += 1;
      if (command === 'ReportIncident') reported += 1;
      progress.set(reported, `${moves.toLocaleString('en')} moves, ${new Date(at).toISOString().slice(0, 10)}`);
    },
    // Signals are heard between moves, however busy the play is.
    pace: async () => {
      if (moves % 100 === 0) await nextTurn();
    },
  });
  await player.play(scripts);
  await store.flush();
};
