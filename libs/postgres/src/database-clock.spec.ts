import { describe, expect, it } from '@jest/globals';
import { day, hour, minute, second } from '#kernel';
import { withPostgres } from '#testing';
import { DatabaseClock } from './database-clock.js';

const start = Date.UTC(2026, 10, 23, 3, 30);
const jumpLimitMs = minute;
/** The specs calibrate by hand; the clock's own timer stays out of the way. */
const everyMs = day;

/** A world in which steady time passes when it is told to, and the database's clock is wherever it is put. */
const world = async (options: { readonly notBefore?: number } = {}) => {
  let steady = 5_000;
  let shift = start - steady;
  let away = false;
  const sources = {
    steady: () => steady,
    readDatabase: () => (away ? Promise.reject(new Error('away')) : Promise.resolve(steady + shift)),
  };
  // The sources replace the pool altogether.
  const clock = await DatabaseClock.start(null as never, { jumpLimitMs, everyMs, sources, ...options });
  return {
    clock,
    pass: (ms: number) => { steady += ms; },
    shiftDatabase: (ms: number) => { shift += ms; },
    setAway: (isAway: boolean) => { away = isAway; },
    /** A reading that takes time: the database says its time in the middle of it. */
    slowReading: async (tookMs: number) => {
      const { readDatabase } = sources;
      sources.readDatabase = () => {
        steady += tookMs / 2;
        const said = readDatabase();
        steady += tookMs / 2;
        return said;
      };
      await clock.calibrate();
      sources.readDatabase = readDatabase;
    },
  };
};

describe('the database clock 数据库时钟', () => {
  it("tells the database's time and carries it on between two readings", async () => {
    const { clock, pass } = await world();
    expect(clock.now()).toBe(start);
    pass(1_500);
    expect(clock.now()).toBe(start + 1_500);
    clock.stop();
  });

  it('takes a reading to belong to the middle of the time that it took, and ignores one that took too long', async () => {
    const { clock, slowReading } = await world();
    await slowReading(800);
    expect(clock.now()).toBe(start + 800);
    await slowReading(10 * second);
    expect(clock.now()).toBe(start + 800 + 10 * second);
    clock.stop();
  });

  it("follows small steps of the database's clock", async () => {
    const { clock, shiftDatabase } = await world();
    shiftDatabase(20 * second);
    await clock.calibrate();
    expect(clock.now()).toBe(start + 20 * second);
    expect(clock.anomaly()).toBeNull();
    clock.stop();
  });

  it("never goes back: when the database's clock does, it runs at half pace until they meet", async () => {
    const { clock, pass, shiftDatabase } = await world();
    clock.now();
    shiftDatabase(-10 * second);
    await clock.calibrate();
    const told = Array.from({ length: 30 }, () => {
      pass(second);
      return clock.now() - start;
    });
    expect(told.every((ms, index) => index === 0 || ms > (told[index - 1] ?? 0))).toBe(true);
    expect([told[0], told[9], told[19], told[29]]).toEqual([500, 5_000, 10_000, 20_000]);
    clock.stop();
  });

  it('stands still for nobody who asks often while it is slowed down', async () => {
    const { clock, pass, shiftDatabase } = await world();
    clock.now();
    shiftDatabase(-hour);
    await clock.calibrate();
    for (let asked = 0; asked < 10_000; asked += 1) {
      pass(0.1);
      clock.now();
    }
    expect(clock.now()).toBe(start + 500);
    clock.stop();
  });

  it('keeps to steady time and reports an anomaly when the clock jumps ahead by more than the limit', async () => {
    const { clock, pass, shiftDatabase } = await world();
    shiftDatabase(day);
    await clock.calibrate();
    pass(second);
    expect(clock.now()).toBe(start + second);
    expect(clock.anomaly()).toEqual({ since: start, aheadMs: day });
    pass(minute);
    await clock.calibrate();
    expect(clock.anomaly()).toEqual({ since: start, aheadMs: day });
    clock.stop();
  });

  it('returns to normal by itself when the jump is taken back', async () => {
    const { clock, pass, shiftDatabase } = await world();
    shiftDatabase(day);
    await clock.calibrate();
    pass(minute);
    shiftDatabase(-day);
    await clock.calibrate();
    expect(clock.anomaly()).toBeNull();
    expect(clock.now()).toBe(start + minute);
    clock.stop();
  });

  it('adopts the new time when somebody confirms that it is right', async () => {
    const { clock, shiftDatabase } = await world();
    shiftDatabase(day);
    await clock.calibrate();
    clock.confirm();
    expect([clock.now(), clock.anomaly()]).toEqual([start + day, null]);
    await clock.calibrate();
    expect(clock.anomaly()).toBeNull();
    clock.stop();
  });

  it('goes on by itself while the database is away', async () => {
    const { clock, pass, setAway } = await world();
    setAway(true);
    pass(hour);
    await clock.calibrate();
    expect([clock.now(), clock.anomaly()]).toEqual([start + hour, null]);
    clock.stop();
  });

  it('never begins before the last moment in the log', async () => {
    const { clock, pass } = await world({ notBefore: start + minute });
    expect(clock.now()).toBe(start + minute);
    pass(2 * minute);
    expect(clock.now()).toBe(start + 2 * minute);
    clock.stop();
  });
});

describe('the database clock on a real database', () => {
  const postgres = withPostgres();

  it('agrees with it within a second', async () => {
    const { pool } = await postgres.openLog();
    const clock = await DatabaseClock.start(pool, { jumpLimitMs });
    const { rows } = await pool.query<{ ms: string }>('select extract(epoch from clock_timestamp()) * 1000 as ms');
    expect(Math.abs(clock.now() - Number(rows[0]?.ms))).toBeLessThan(second);
    clock.stop();
  });
});
