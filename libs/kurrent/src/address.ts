import { Refusal } from '#kernel';

/** Where a log is: a server, or a cluster of them, and the name of the log there. */
export interface KurrentAddress {
  /** For the client: without the name, with everything else as the operator wrote it. */
  readonly connectionString: string;
  /** Streams of the log begin with it. */
  readonly logName: string;
}

const shape = /^(?<scheme>esdb|kurrentdb|kurrent|kdb)(?<discover>\+discover)?:\/\/(?<hosts>[^/?\s]+)(?:\/(?<name>[^?]*))?(?<query>\?\S*)?$/;
const nameShape = /^[a-z][a-z0-9_]{0,59}$/;
const usualName = 'threeloops';

const refuse = (wanted: string): never => {
  // The address holds a password, so it is not told.
  throw new Refusal('setting.unreadable', `EVENT_STORE must be ${wanted}.`, { setting: 'EVENT_STORE' });
};

/**
 * Reads `kurrentdb://user:password@host:2113,host:2113/NAME?tls=true&tlsCaFile=…`; `NAME` is `threeloops` unless told, and keeps two logs on one
 * server apart. Everything behind `?` is the client's. Refuses with `setting.unreadable`.
 */
export const parseAddress = (text: string): KurrentAddress => {
  const { scheme, discover = '', hosts = '', name = '', query = '' } = shape.exec(text.trim())?.groups ?? {};
  if (scheme === undefined) return refuse('an address that begins with kurrentdb://, esdb:// or kurrentdb+discover://');
  const logName = name.replace(/\/+$/, '') || usualName;
  if (!nameShape.test(logName)) return refuse('an address whose path, the name of the log, is of small letters, digits and _, at most sixty');
  const settings = new URLSearchParams(query);
  const set = new Map([...settings].map(([key, value]) => [key.toLowerCase().replace(/[_-]/g, ''), value.toLowerCase()]));
  // Without errors the client tells a wrong revision after a conflict.
  if (set.get('throwonappendfailure') === 'false') return refuse('an address without throwOnAppendFailure=false: conflicts would not be told apart');
  // What was just recorded is read back at once, and only the leader is sure to have it.
  if (!set.has('nodepreference') && (discover !== '' || hosts.includes(','))) settings.set('nodePreference', 'leader');
  const rest = settings.size === 0 ? '' : `?${[...settings].map(([key, value]) => `${key}=${value}`).join('&')}`;
  return { connectionString: `kurrentdb${discover}://${hosts}${rest}`, logName };
};

/** The same server with another log on it, whose name is that of this one and a suffix of small letters and digits. Refuses as `parseAddress`. */
export const logBeside = (text: string, suffix: string): string => {
  const { logName } = parseAddress(text);
  const [, start = '', query = ''] = /^([^/]+\/\/[^/?]+)[^?]*(\?.*)?$/.exec(text.trim()) ?? [];
  return `${start}/${logName}_${suffix}${query}`;
};
