import { resolve } from 'node:path';
import { Refusal } from '#kernel';
import { parseAddress } from '#kurrent';
import { kafkaIn } from './kafka-settings.js';
import type { KafkaSettings } from './kafka-settings.js';

/** 设置 What an operator can set, all by environment variables; read once, at the start. */
export interface Settings {
  /** `THREELOOPS_DATA`, default `./data`. */
  readonly dataFolder: string;
  /** `DATABASE_URL`: an outside PostgreSQL instead of the one inside. */
  readonly databaseUrl: string | undefined;
  /** `EVENT_STORE`: KurrentDB for the facts, `kurrentdb://…/NAME`; without it they are in the database with everything else. */
  readonly eventStore: string | undefined;
  /** `THREELOOPS_HOST`, default 127.0.0.1: nobody else can reach the engine unless somebody wants it so. */
  readonly host: string;
  /** `THREELOOPS_PORT`, default 8300. */
  readonly port: number;
  /** `THREELOOPS_WATCH_PORT`: where a worker says how it is; without it no port is opened. */
  readonly watchPort: number | undefined;
  /** `THREELOOPS_SEEDS`: the city that an empty log starts with, default the folder `seeds/yangpu`. */
  readonly seedsFolder: string;
  /** `THREELOOPS_HTTPS=1`: people reach the engine by TLS, through a proxy that ends it. */
  readonly https: boolean;
  /** `THREELOOPS_PROXY=1`: a proxy of our own stands before the engine. */
  readonly behindProxy: boolean;
  /** `THREELOOPS_LOG`: `fatal`, `error`, `warn`, `info`, `debug` or `silent`; default `info`. */
  readonly logLevel: string;
  /** `THREELOOPS_WITNESSES`: `URL=KEYFILE` of everybody who cosigns the log's checkpoints, with commas between them. */
  readonly witnesses: readonly { readonly url: string; readonly keyFile: string }[];
  /** `THREELOOPS_WITNESS_QUORUM`: how many of them make a checkpoint a witnessed one, default 1. */
  readonly witnessesNeeded: number;
  /** `THREELOOPS_PATIENCE`: how many seconds a start waits for a database that is away, default 60. */
  readonly patienceSeconds: number;
  /** `THREELOOPS_METRICS_TOKEN_FILE`: file with the token by which a program reads `/api/health/metrics`; without it only people do. */
  readonly metricsTokenFile: string | undefined;
  /** `THREELOOPS_TILES`: address of map tiles with `{z}`, `{x}` and `{y}`, in Web Mercator; without it the map shows the grids alone. */
  readonly tilesUrl: string | undefined;
  /** `THREELOOPS_TILES_NOTE`: whom the map names as their source. */
  readonly tilesNote: string;
  /** `KAFKA_…`: facts out, reports and readings in. */
  readonly kafka: KafkaSettings | undefined;
}

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'];

type Environment = Readonly<Record<string, string | undefined>>;

const refuse = (name: string, value: string, wanted: string): never => {
  throw new Refusal('setting.unreadable', `${name} is "${value}"; it must be ${wanted}.`, { setting: name, value });
};

const flag = (environment: Environment, name: string): boolean => {
  const value = environment[name] ?? '';
  return ['', '0', '1'].includes(value) ? value === '1' : refuse(name, value, '0 or 1');
};

const portIn = (environment: Environment, name: string): number | undefined => {
  const text = environment[name];
  if (text === undefined) return undefined;
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : refuse(name, text, 'a port number from 0 to 65535');
};

const witnessesIn = (environment: Environment): Settings['witnesses'] =>
  (environment['THREELOOPS_WITNESSES'] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => {
    const split = part.lastIndexOf('=');
    const [url, keyFile] = [part.slice(0, Math.max(0, split)).replace(/\/+$/, ''), part.slice(split + 1)];
    if (split < 0 || keyFile === '' || !/^https?:\/\//.test(url) || !URL.canParse(url)) refuse('THREELOOPS_WITNESSES', part, 'a list of URL=KEYFILE with commas between them');
    return { url, keyFile: resolve(keyFile) };
  });

const witnessesNeededIn = (environment: Environment, known: number): number => {
  const text = environment['THREELOOPS_WITNESS_QUORUM'] ?? '';
  if (text === '') return Math.min(1, known);
  const needed = Number(text);
  return Number.isInteger(needed) && needed >= 1 && needed <= known ? needed : refuse('THREELOOPS_WITNESS_QUORUM', text, `a number from 1 to ${known}, as many witnesses as THREELOOPS_WITNESSES names`);
};

const mostPatienceSeconds = 86_400;

const patienceIn = (environment: Environment): number => {
  const text = environment['THREELOOPS_PATIENCE'] ?? '';
  const seconds = text === '' ? 60 : Number(text);
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= mostPatienceSeconds ? seconds : refuse('THREELOOPS_PATIENCE', text, `a whole number of seconds from 0 to ${mostPatienceSeconds}`);
};

const tilesIn = (environment: Environment): string | undefined => {
  const url = environment['THREELOOPS_TILES'] ?? '';
  if (url === '') return undefined;
  const whole = /^https?:\/\//.test(url) && URL.canParse(url) && ['{z}', '{x}', '{y}'].every((part) => url.includes(part));
  return whole ? url : refuse('THREELOOPS_TILES', url, 'an http address with {z}, {x} and {y}');
};

const storesIn = (environment: Environment): Pick<Settings, 'databaseUrl' | 'eventStore'> => {
  const databaseUrl = environment['DATABASE_URL'] === '' ? undefined : environment['DATABASE_URL'];
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) refuse('DATABASE_URL', '(hidden)', 'an address that begins with postgresql://');
  const eventStore = environment['EVENT_STORE'] === '' ? undefined : environment['EVENT_STORE'];
  if (eventStore !== undefined) parseAddress(eventStore);
  return { databaseUrl, eventStore };
};

/** Refuses with `setting.unreadable`, naming the variable. */
export const settingsFrom = (environment: Environment, defaults: Partial<Pick<Settings, 'dataFolder' | 'seedsFolder' | 'port' | 'logLevel'>> = {}): Settings => {
  const logLevel = environment['THREELOOPS_LOG'] ?? defaults.logLevel ?? 'info';
  if (!levels.includes(logLevel)) refuse('THREELOOPS_LOG', logLevel, `one of ${levels.join(', ')}`);
  const witnesses = witnessesIn(environment);
  return {
    dataFolder: resolve(environment['THREELOOPS_DATA'] ?? defaults.dataFolder ?? 'data'),
    ...storesIn(environment),
    host: environment['THREELOOPS_HOST'] ?? '127.0.0.1',
    port: portIn(environment, 'THREELOOPS_PORT') ?? defaults.port ?? 8_300,
    watchPort: environment['THREELOOPS_WATCH_PORT'] === '' ? undefined : portIn(environment, 'THREELOOPS_WATCH_PORT'),
    seedsFolder: resolve(environment['THREELOOPS_SEEDS'] ?? defaults.seedsFolder ?? 'seeds/yangpu'),
    https: flag(environment, 'THREELOOPS_HTTPS'),
    behindProxy: flag(environment, 'THREELOOPS_PROXY'),
    logLevel,
    witnesses,
    witnessesNeeded: witnessesNeededIn(environment, witnesses.length),
    patienceSeconds: patienceIn(environment),
    metricsTokenFile: environment['THREELOOPS_METRICS_TOKEN_FILE'] ? resolve(environment['THREELOOPS_METRICS_TOKEN_FILE']) : undefined,
    tilesUrl: tilesIn(environment),
    tilesNote: environment['THREELOOPS_TILES_NOTE'] ?? '',
    kafka: kafkaIn(environment),
  };
};

/** Where the facts and everything else are kept, as the engine takes it. */
export const storesOf = ({ databaseUrl, eventStore }: Pick<Settings, 'databaseUrl' | 'eventStore'>): { readonly databaseUrl?: string; readonly eventStore?: string } => ({
  ...(databaseUrl === undefined ? {} : { databaseUrl }), ...(eventStore === undefined ? {} : { eventStore }),
});

/** For processes that share a database with others. Refuses with `setting.missing` where none is named. */
export const databaseOf = ({ databaseUrl }: Settings): string => {
  if (databaseUrl !== undefined) return databaseUrl;
  throw new Refusal('setting.missing', 'DATABASE_URL is not set; this process works on a database that it shares with others. One that brings its own is started by npm start.', { setting: 'DATABASE_URL' });
};
