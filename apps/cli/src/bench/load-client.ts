import { randomUUID } from 'node:crypto';
import { developmentPackage } from './library-store.js';

/** What people do: nothing but report; the same to a route that only checks; or a quiet mixture of looking and reporting. */
export type Habit = 'report' | 'nothing' | 'daily';

/** What the server's process sends: go on for so many seconds, or (`stop`) until it says so. */
export interface LoadErrand {
  readonly habit: Habit;
  readonly url: string;
  readonly token: string;
  readonly grids: readonly string[];
  /** Incidents that people look at. */
  readonly incidents: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers that were no success, and requests without an answer. */
  readonly failed: number;
}

/** The paths of the two contenders. */
export const reportPath = '/api/incidents';
export const nothingPath = '/api/bench/nothing';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

let ordinal = 0;

/** A report as the hotline takes it down: somebody of their own with a telephone, a place, a few sentences. */
const report = (path: string, { token, grids }: LoadErrand): Request => {
  ordinal += 1;
  return {
    method: 'POST', path,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      channel: 'hotline', gridCode: grids[ordinal % grids.length],
      description: `市民反映小区门口人行道上有共享单车乱停放，占用盲道，影响通行，希望尽快处理。(${ordinal})`, address: `示意路${(ordinal % 400) + 1}号门口`,
      reporter: { name: '张先生', telephone: `139${String(ordinal % 100_000_000).padStart(8, '0')}` },
    }),
  };
};

const look = (path: string, { token }: LoadErrand): Request => ({ method: 'GET', path, headers: { authorization: `Bearer ${token}` } });

const someone = (errand: LoadErrand): string => errand.incidents[Math.floor(Math.random() * errand.incidents.length)] ?? '';

const requestsOf: Readonly<Record<Habit, (errand: LoadErrand) => readonly (() => Request)[]>> = {
  report: (errand) => [() => report(reportPath, errand)],
  nothing: (errand) => [() => report(nothingPath, errand)],
  daily: (errand) => [
    () => look('/api/incidents?limit=20', errand),
    () => report(reportPath, errand),
    () => look(`/api/incidents/${someone(errand)}`, errand),
    () => report(reportPath, errand),
    () => look(`/api/incidents/${someone(errand)}/timeline`, errand),
  ],
};

process.on('disconnect', () => process.exit(0));

process.on('message', async (errand: LoadErrand | 'stop') => {
  if (errand === 'stop') return running?.stop();
  const { default: autocannon } = await developmentPackage('autocannon', () => import('autocannon'));
  const { url, connections, seconds, perSecond } = errand;
  const began = performance.now();
  running = autocannon({
    url, connections, duration: seconds, ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    requests: requestsOf[errand.habit](errand).map((make) => ({ setupRequest: (request) => Object.assign(request, { body: undefined }, make()) })),
  });
  const { requests, latency, errors, timeouts, non2xx } = await running;
  running = null;
  const result: LoadResult = {
    perSecond: requests.total / ((performance.now() - began) / 1_000), requests: requests.total, p50Ms: latency.p50, p99Ms: latency.p99, maxMs: latency.max, failed: errors + timeouts + non2xx,
  };
  process.send?.(result);
});

let running: import('autocannon').Running | null = null;
