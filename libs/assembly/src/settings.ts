import { resolve } from 'node:path';
import { Refusal } from '#kernel';

/** 设置 What an operator can set, all by environment variables; read once, at the start. */
export interface Settings {
  /** `THREELOOPS_DATA`, default `./data`. */
  readonly dataFolder: string;
  /** `DATABASE_URL`: an outside PostgreSQL instead of the one inside. */
  readonly databaseUrl: string | undefined;
  /** `THREELOOPS_HOST`, default 127.0.0.1: nobody else can reach the engine unless somebody wants it so. */
  readonly host: string;
  /** `THREELOOPS_PORT`, default 8300. */
  readonly port: number;
  /** `THREELOOPS_SEEDS`: the city that an empty log starts with, default the folder `seeds/yangpu`. */
  readonly seedsFolder: string;
  /** `THREELOOPS_HTTPS=1`: people reach the engine by TLS, through a proxy that ends it. */
  readonly https: boolean;
  /** `THREELOOPS_PROXY=1`: a proxy of our own stands before the engine. */
  readonly behindProxy: boolean;
  /** `THREELOOPS_LOG`: `fatal`, `error`, `warn`, `info`, `debug` or `silent`; default `info`. */
  readonly logLevel: string;
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

/** Refuses with `setting.unreadable`, naming the variable. */
export const settingsFrom = (environment: Environment, defaults: Partial<Pick<Settings, 'dataFolder' | 'seedsFolder' | 'port' | 'logLevel'>> = {}): Settings => {
  const portText = environment['THREELOOPS_PORT'];
  const port = portText === undefined ? (defaults.port ?? 8_300) : Number(portText);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse('THREELOOPS_PORT', portText ?? '', 'a port number from 0 to 65535');
  const logLevel = environment['THREELOOPS_LOG'] ?? defaults.logLevel ?? 'info';
  if (!levels.includes(logLevel)) refuse('THREELOOPS_LOG', logLevel, `one of ${levels.join(', ')}`);
  const databaseUrl = environment['DATABASE_URL'] === '' ? undefined : environment['DATABASE_URL'];
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) refuse('DATABASE_URL', '(hidden)', 'an address that begins with postgresql://');
  return {
    dataFolder: resolve(environment['THREELOOPS_DATA'] ?? defaults.dataFolder ?? 'data'),
    databaseUrl,
    host: environment['THREELOOPS_HOST'] ?? '127.0.0.1',
    port,
    seedsFolder: resolve(environment['THREELOOPS_SEEDS'] ?? defaults.seedsFolder ?? 'seeds/yangpu'),
    https: flag(environment, 'THREELOOPS_HTTPS'),
    behindProxy: flag(environment, 'THREELOOPS_PROXY'),
    logLevel,
  };
};

/** For processes that share a database with others. Refuses with `setting.missing` where none is named. */
export const databaseOf = ({ databaseUrl }: Settings): string => {
  if (databaseUrl !== undefined) return databaseUrl;
  throw new Refusal('setting.missing', 'DATABASE_URL is not set; this process works on a database that it shares with others. One that brings its own is started by npm start.', { setting: 'DATABASE_URL' });
};
