import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Engine, explain, logTo, noticesTo, seed, settingsFrom, stopOnSignals, storesOf } from '#assembly';
import { timeBetween } from '#deadlines';
import { chineseNameOf } from '#events';
import { isIncidentStream } from '#engine';
import { loginLink } from '#identity';
import { logBeside } from '#kurrent';
import type { Account, AccountRole } from '#identity';
import { day, hour, minute, toIso } from '#kernel';
import type { Actor, RecordedEvent, Role } from '#kernel';
import { SimulatedClock } from '#memory';
import { closingLines, closingTableOf, dayOf, leftOpen, midnightBefore, Player } from '#play';
import type { ClosingTable, DayPlan, Script } from '#play';
import type { City } from '#reference';
import { demoPhoto } from './demo-photo.js';
import { openDoor } from '../../api/src/host.js';

const usage = `npm run demo -- [--incidents N] [--seed N] [--seconds N] [--exit]
  --incidents  reports of the day (default 300, at most 5000)
  --seed       another day (default 1)
  --seconds    about how long the play takes to watch (default 20; 0 as fast as it can)
  --exit       end when the day is over; the last line is one JSON object`;

/** The day lies a month back, so that its last incidents are closed before today and the simulated time never overtakes the real one. */
const daysBack = 31;
/** By then the day's last incident is closed; on the next working day the last ones come in, and are left to whoever signs in. */
const daysPlayed = 14;
const leftShare = 0.06;

/** Facts that are worth a line of their own while the day runs by. */
const shown: ReadonlySet<string> = new Set([
  'IncidentReported', 'Dispatched', 'DispatchReturned', 'ArbitrationOpened', 'DeadlineBreached', 'Escalated', 'SupervisionIssued', 'InspectionFailed', 'Extended',
  'Closed', 'Merged', 'SatisfactionRecorded', 'RectificationOpened',
]);

const wholeNumber = (name: string, text: string | undefined, usual: number, max: number): number => {
  const value = text === undefined ? usual : Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  process.stderr.write(`--${name} is a whole number from 0 to ${max}, not "${text}".\n${usage}\n`);
  return process.exit(2);
};

const readOptions = () => {
  try {
    const { values } = parseArgs({ options: { incidents: { type: 'string' }, seed: { type: 'string' }, seconds: { type: 'string' }, exit: { type: 'boolean' }, help: { type: 'boolean' } } });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    return {
      incidents: Math.max(1, wholeNumber('incidents', values.incidents, 300, 5_000)), seed: wholeNumber('seed', values.seed, 1, 1_000_000),
      seconds: wholeNumber('seconds', values.seconds, 20, 3_600), exit: values.exit === true,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(2);
  }
};

const clockTime = (iso: string, offsetMinutes: number): string => toIso(Date.parse(iso) + offsetMinutes * minute).slice(5, 16).replace('T', ' ');

const lineOf = (event: RecordedEvent, city: City): string => {
  const data = event.data as Record<string, unknown>;
  const name = (code: unknown): string => (typeof code === 'string' ? (city.unit(code)?.name ?? code) : '');
  const rule = typeof data['ruleHint'] === 'string' ? (city.rule(data['ruleHint'])?.subclassName ?? '') : '';
  const words: Record<string, () => string> = {
    IncidentReported: () => `${rule} · ${city.place((data['place'] as { street: string }).street)?.name ?? ''}`,
    Dispatched: () => `→ ${name(data['accountableUnit'])}`,
    DispatchReturned: () => `${name(data['unit'])} 退回`,
    ArbitrationOpened: () => `${name(data['arbiter'])}`,
    DeadlineBreached: () => `${name(data['unit'])} · ${String(data['clock'])}`,
    Escalated: () => `${String(data['fromLoop'])} → ${String(data['toLoop'])} (${String(data['trigger'])}) · ${name(data['accountableUnit'])}`,
    SupervisionIssued: () => `${name(data['by'])} → ${name(data['unit'])}`,
    Closed: () => `${String(data['rung'])} · ${name(data['handlingUnit'])}${data['selfHandled'] === true ? ' · 就地' : ''}`,
    SatisfactionRecorded: () => String(data['grade']),
  };
  const offset = city.reference.calendar.utcOffsetMinutes;
  return `${clockTime(event.recordedAt, offset)}  ${event.stream.slice(-4)}  ${chineseNameOf(event.type).padEnd(6, '　')} ${words[event.type]?.() ?? ''}`;
};

/** People of the play act under the accounts of the seeds where there is one, so that the timeline shows them. */
const staffFrom = (accounts: readonly { readonly login: string; readonly role: Role; readonly unit: string }[]) => {
  const byDesk = new Map(accounts.map((account) => [`${account.role} ${account.unit}`, account.login]));
  return (unit: string, role: Role): Actor => ({ id: byDesk.get(`${role} ${unit}`) ?? `${role}@${unit}`, role, unit });
};

const main = async (): Promise<void> => {
  const options = readOptions();
  const startedAt = performance.now();
  const settings = settingsFrom(process.env, { dataFolder: 'data-demo', logLevel: 'error' });
  const log = logTo(settings.logLevel);
  // A demonstration begins anew each time; its folder is its own and holds nothing else, and in an event store it gets a new log.
  if (settings.databaseUrl === undefined) await forgetLastDemo(settings.dataFolder);
  const clock = new SimulatedClock(midnightBefore(Date.now() - daysBack * day, 480));
  const engine = await Engine.open({
    dataFolder: settings.dataFolder, kind: 'demo', clock, notice: noticesTo(log), ...storesOf({ ...settings, eventStore: settings.eventStore && logBeside(settings.eventStore, Date.now().toString(36)) }),
  });
  const stopping = new AbortController();
  try {
    const seeded = await seed(engine, settings.seedsFolder);
    const city = engine.shelf.library().current;
    engine.startWork();
    const host = options.exit ? null : await openDoor(engine, settings, log);
    stopOnSignals(async () => {
      stopping.abort();
      await host?.close();
      await engine.close();
    });
    process.stdout.write(`${city.reference.cityName}: ${seeded.accounts.length} accounts, ${city.reference.units.length} units, ${city.reference.catalogue.rules.length} catalogue rules.\n`);
    if (host) process.stdout.write(`The engine answers at ${host.url} while the day runs by.\n`);
    const midnight = midnightBefore(clock.now(), city.reference.calendar.utcOffsetMinutes);
    const until = endOf(city, midnight);
    const accounts = seeded.accounts.map(({ account }) => account);
    const workers = accounts.filter(({ role }) => role === 'grid-worker');
    const worker = workers[options.seed % workers.length];
    const scripts = scriptsFor(city, { seed: options.seed, incidents: options.incidents, midnight, photo: await demoPhoto(engine) }, until, communityOf(city, worker));
    const stopWatching = watch(engine, city, options.seconds > 0);
    const paceMs = (options.seconds * 1_000) / (options.incidents * 13);
    let movedAt = performance.now();
    const player = new Player({
      desk: engine.desk, store: engine.log.store, clock, library: engine.shelf.library, until, signal: stopping.signal,
      staff: staffFrom(accounts),
      pace: async () => {
        movedAt += paceMs;
        const ahead = movedAt - performance.now();
        if (ahead > 15) await sleep(ahead);
      },
    });
    try {
      await player.play(scripts);
      await engine.settled();
    } finally {
      await stopWatching();
    }
    if (stopping.signal.aborted) return;
    const table = await closingTableOf(engine.log.store);
    process.stdout.write(`\n${closingLines(table)}\n`);
    if (options.exit) {
      await engine.close();
      process.stdout.write(`${JSON.stringify(summaryOf(table, startedAt))}\n`);
      return;
    }
    clock.run(1);
    process.stdout.write(`\n${await links(engine, host?.url ?? '', accounts, worker)}\nCtrl-C ends the demonstration.\n`);
  } catch (error) {
    await engine.close();
    throw error;
  }
};

/** Where a grid worker is at home, who may answer for a single grid of it; an empty text where that is nowhere in the city. */
const communityOf = (city: City, worker: Account | undefined): string => {
  const place = worker?.place ? city.place(worker.place) : null;
  return (place?.kind === 'grid' ? place.parent : place?.code) ?? '';
};

/** A link to the desk of the street where the last matters wait, to the telephone of a grid worker there, to the district's board and to an auditor's evidence, each good once. */
const links = async ({ doorkeeper, shelf }: Engine, url: string, accounts: readonly Account[], worker: Account | undefined): Promise<string> => {
  const city = shelf.library().current;
  const street = city.place(communityOf(city, worker))?.parent;
  const first = (role: AccountRole, place?: string | null): Account | undefined => accounts.find((account) => account.role === role && (place === undefined || account.place === place));
  const pages = [[first('street-dispatcher', street), '/desk'], [worker, '/m'], [first('district-dispatcher'), '/district'], [first('auditor'), '/evidence']] as const;
  const lines = ['Sign in, each link once and within 30 minutes:'];
  for (const [account, page] of pages) if (account) lines.push(`  ${account.displayName}, ${account.role}: ${url}${await loginLink(doorkeeper, account.id, page)}`);
  return lines.join('\n');
};

/** Five in the afternoon, local time, of a working day. */
const endOf = ({ reference: { calendar } }: City, midnight: number): number => {
  let last = midnight + daysPlayed * day;
  while (timeBetween(calendar, 'working', last, last + day) === 0) last += day;
  return last + 17 * hour;
};

/** Most of the incidents are of one day; the last few come in right before the end, so that whoever signs in finds something to do. */
const scriptsFor = (city: City, plan: DayPlan, until: number, community: string): readonly Script[] => {
  const last = Math.floor(plan.incidents * leftShare);
  return [...dayOf(city, { ...plan, incidents: plan.incidents - last }), ...leftOpen(city, { ...plan, incidents: last, community, until })];
};

const summaryOf = ({ incidents, events, open, closed, escalated, breached, reworked, returned }: ClosingTable, startedAt: number) => ({
  incidents, events, open, closed, escalated, breached, reworked, returned, wallSeconds: Math.round((performance.now() - startedAt) / 100) / 10,
});

const forgetLastDemo = async (folder: string): Promise<void> => {
  await Engine.forget(resolve(folder), 'demo');
};

/** Prints what happens as it is read from the log, at most a dozen lines a second. */
const watch = (engine: Engine, city: City, throttled: boolean): (() => Promise<void>) => {
  let watching = true;
  const linesPerLook = throttled ? 3 : 1;
  const run = (async () => {
    let { position } = await engine.log.store.head();
    while (watching) {
      const events = await engine.log.store.readAll(position, 1_000);
      position = events.at(-1)?.position ?? position;
      const worth = events.filter(({ stream, type }) => isIncidentStream(stream) && shown.has(type));
      // Of many at once, the rarer ones are the more telling.
      const rare = worth.filter(({ type }) => type !== 'IncidentReported' && type !== 'Dispatched' && type !== 'Closed');
      for (const event of [...rare, ...worth].slice(0, linesPerLook)) process.stdout.write(`${lineOf(event, city)}\n`);
      await sleep(250);
    }
  })();
  return async () => {
    watching = false;
    await run;
  };
};

main().catch((error: unknown) => {
  explain(error);
  process.exit(1);
});
