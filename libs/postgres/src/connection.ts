import { types } from 'node:util';
import type { ClientConfig } from 'pg';
import { Unavailable } from '#kernel';

/** How to reach a database: the parts, or an address in one string. */
export interface Connection {
  readonly connectionString?: string;
  /** Host name, or the folder of a unix socket. */
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
}

/** The same connection as one address, for other processes. */
export const addressOf = (connection: Connection): string => {
  if (connection.connectionString) return connection.connectionString;
  const { host = 'localhost', port = 5432, user = '', password, database = '' } = connection;
  const login = encodeURIComponent(user) + (password === undefined ? '' : `:${encodeURIComponent(password)}`);
  return `postgresql://${login}@localhost/${encodeURIComponent(database)}?host=${encodeURIComponent(host)}&port=${port}`;
};

/** Session settings that every connection of the engine needs, whatever the server's own are. */
const session = {
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  // The append function must see what was committed while it waited for the lock.
  default_transaction_isolation: 'read\\ committed',
  synchronous_commit: 'on',
  idle_in_transaction_session_timeout: '120s',
};

export const clientConfig = (connection: Connection, applicationName: string, settings: Readonly<Record<string, string>> = {}): ClientConfig => {
  const { connectionString } = connection;
  const options = Object.entries({ ...session, ...settings }).map(([name, value]) => `-c ${name}=${value.replaceAll(', ', ',')}`).join(' ');
  return {
    ...(connectionString ? { connectionString } : connection),
    application_name: applicationName,
    options,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  };
};

/** Classes of SQLSTATE under which the server is away, full or busy: asking again later can succeed. */
const passingClasses = ['08', '53', '57', '58'];
/** Serialisation, deadlock, lock timeout, a standby that cannot write. */
const passingCodes = ['40001', '40P01', '55P03', '25006', '25P03'];
const socketCodes = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES'];
const driverSentences = /Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Query read timeout/;

/** Whether an error says that the store was away, and not that something is wrong with what was asked. */
export const isAway = (error: unknown): boolean => {
  if (!types.isNativeError(error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') {
    if (socketCodes.includes(code) || passingCodes.includes(code)) return true;
    if (/^[0-9A-Z]{5}$/.test(code)) return passingClasses.includes(code.slice(0, 2));
  }
  return driverSentences.test(error.message);
};

const diskFull = '53100';
/** Whether the server has said that its disk is full. */
export const isFull = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === diskFull;

/** Runs work against the database; a store that is away becomes `Unavailable`, everything else passes unchanged. */
export const orUnavailable = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!isAway(error)) throw error;
    throw Object.assign(new Unavailable('store.away', 'the database cannot be reached or cannot work now'), { cause: error });
  }
};
