import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { check } from '../crash/checks.js';
import type { Check } from '../crash/checks.js';

/** What is promised after a death and after an arrival. */
const promisedMs = 10_000;
const longestMs = 60_000;
const lookMs = 50;
const longestLookMs = 1_000;

interface Held {
  readonly name: string;
  readonly subscription: string;
  readonly parts: number;
  /** Process that holds a good lease; null when nobody does. */
  readonly pid: number | null;
}

/** 接管 Watches in the database who holds which part, and how long it takes until somebody does again. */
export class Takeovers {
  readonly tookMs: number[] = [];
  readonly sharedMs: number[] = [];
  private readonly problems: string[] = [];

  private constructor(private readonly pool: pg.Pool) {}

  static on(connectionString: string): Takeovers {
    const pool = new pg.Pool({ connectionString, max: 2 });
    pool.on('error', () => undefined);
    return new Takeovers(pool);
  }

  private async held(): Promise<readonly Held[]> {
    const { rows } = await this.pool.query<{ name: string; subscription: string; parts: number; owner: string | null }>(
      'select name, subscription, parts, case when lease_until > clock_timestamp() then owner end as owner from engine.subscriptions',
    );
    return rows.map(({ name, subscription, parts, owner }) => ({ name, subscription, parts, pid: owner === null ? null : Number(owner.split('-')[0]) }));
  }

  /** Waits until nothing is held by those who are gone and everything by somebody. */
  async takenFrom(gone: readonly number[], what: string): Promise<void> {
    const took = await this.until((held) => held.length > 0 && held.every(({ pid }) => pid !== null && !gone.includes(pid)), `${what}: parts that nobody took over`);
    this.tookMs.push(took);
    if (took > promisedMs) this.problems.push(`${what}: everything was taken over only after ${Math.round(took)} ms`);
  }

  /** Waits until every subscription in parts is shared among all who are there, and among nobody else. */
  async sharedAmong(workers: readonly number[]): Promise<void> {
    const fair = (held: readonly Held[]): boolean => {
      const inParts = held.filter(({ parts }) => parts > 1);
      return inParts.length > 0 && [...new Set(inParts.map(({ subscription }) => subscription))].every((name) => {
        const parts = inParts.filter(({ subscription }) => subscription === name);
        const counts = workers.map((worker) => parts.filter(({ pid }) => pid === worker).length);
        return counts.reduce((sum, count) => sum + count, 0) === parts.length && Math.max(...counts) - Math.min(...counts) <= 1;
      });
    };
    const took = await this.until(fair, 'the parts were not shared fairly');
    this.sharedMs.push(took);
    if (took > promisedMs) this.problems.push(`the parts were shared fairly only after ${Math.round(took)} ms`);
  }

  /** Time in which the machine did not run this watch either is not counted. */
  private async until(holds: (held: readonly Held[]) => boolean, otherwise: string): Promise<number> {
    let took = 0;
    for (let before = performance.now(); ; ) {
      const held = await this.held().catch(() => null);
      const now = performance.now();
      took += Math.min(now - before, longestLookMs);
      before = now;
      if (held && holds(held)) return took;
      if (took > longestMs) throw new Error(`${otherwise} within ${longestMs} ms: ${JSON.stringify(held)}`);
      await sleep(lookMs);
    }
  }

  checks(): readonly Check[] {
    return [
      check(`what a worker left behind was taken over within ${promisedMs / 1_000} s, ${Math.round(Math.max(0, ...this.tookMs))} ms at most`, this.tookMs.length, this.problems.filter((problem) => problem.includes('taken'))),
      check(`whoever came got a fair share within ${promisedMs / 1_000} s, ${Math.round(Math.max(0, ...this.sharedMs))} ms at most`, this.sharedMs.length, this.problems.filter((problem) => problem.includes('shared'))),
    ];
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
