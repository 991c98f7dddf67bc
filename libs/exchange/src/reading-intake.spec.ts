import { beforeEach, describe, expect, it } from '@jest/globals';
import { Fenced, Refusal, second, toIso, Unavailable } from '#kernel';
import { ExchangeStage, monday9 } from './spec-stage.js';

const at = (seconds: number): string => toIso(monday9 + seconds * second);
const reading = (value: number, seconds: number, more: object = {}) => ({ sensor: 'w-1', sign: 'water-depth', value, at: at(seconds), gridCode: 'S1A1', ...more });

describe('readings that come in over a bus', () => {
  let stage: ExchangeStage;

  beforeEach(async () => {
    stage = new ExchangeStage();
    await stage.readings.take(0);
  });

  const take = (...bodies: unknown[]): Promise<void> => stage.readings.handle(0, bodies.map((body) => stage.incoming(stage.measured(body))));
  const measured = (...values: readonly (readonly [value: number, seconds: number])[]): Promise<void> => take(...values.map(([value, seconds]) => ({ readings: [reading(value, seconds)] })));

  it('are many and open one incident when they alarm, with the rule that the policy names and what was measured sealed', async () => {
    await measured([3, 0], [10, 1], [15, 2], [18, 3], [20, 4]);
    const facts = await stage.facts();
    expect(facts).toHaveLength(1);
    expect(facts[0]).toMatchObject({ type: 'IncidentReported', actor: { id: 'account-sensors' }, claimedAt: at(2), data: { channel: 'sensor', ruleHint: 'E-05-01.1', place: { grid: 'S1A1' }, description: { sealed: expect.any(String) } } });
    expect(stage.readings.alarms).toBe(1);
  });

  it('open no second incident while the first is open, also after the value was clear in between', async () => {
    await measured([15, 0], [5, 1], [16, 2], [5, 3], [17, 4]);
    expect(await stage.streams()).toBe(1);
  });

  it('open another one when the first is over', async () => {
    await measured([15, 0], [5, 1]);
    const [{ data }] = await stage.facts() as unknown as [{ data: { incidentId: string } }];
    const dispatcher = { id: 'd', role: 'street-dispatcher', unit: 'S1-centre' } as const;
    await stage.desk.execute({ command: { type: 'DeclineIncident', data: { incidentId: data.incidentId, reason: { code: 'not-real' } } }, actor: dispatcher, commandId: 'c-1', correlationId: 'c-1' });
    await measured([16, 2], [17, 3]);
    expect(await stage.streams()).toBe(2);
  });

  it('are judged for each sensor and sign by itself', async () => {
    await take({ readings: [reading(15, 0), reading(15, 0, { sensor: 'w-2' }), reading(15, 0, { sensor: 'w-3', sign: 'nobody-watches-this' })] });
    expect([await stage.streams(), stage.reasons()]).toEqual([2, []]);
    expect(await stage.book.sensors([{ sensor: 'w-3', sign: 'nobody-watches-this' }])).toEqual([]);
  });

  it('have one effect however often they are delivered, also when the process died between the report and its own memory', async () => {
    const records = [15, 5, 16].map((value, index) => stage.incoming(stage.measured({ readings: [reading(value, index)] })));
    const remember = stage.book.record.bind(stage.book);
    let deaths = 1;
    stage.book.record = (claim, next, changed) => (deaths-- > 0 ? Promise.reject(new Unavailable('store.away', 'gone')) : remember(claim, next, changed));
    await expect(stage.readings.handle(0, records)).rejects.toThrow(Unavailable);
    await stage.readings.handle(0, records);
    await stage.readings.handle(0, records);
    expect([await stage.streams(), (await stage.facts()).length]).toEqual([1, 1]);
    expect(await stage.readings.take(0)).toBe((records.at(-1)?.offset ?? 0) + 1);
  });

  it('of a partition that another process has taken change nothing here any more', async () => {
    await measured([3, 0]);
    await stage.book.take('sensor-readings', 0);
    await expect(measured([4, 1])).rejects.toThrow(Fenced);
    expect(await stage.book.sensors([{ sensor: 'w-1', sign: 'water-depth' }])).toMatchObject([{ lastValue: 3 }]);
  });

  it.each<[string, unknown]>([
    ['input.invalid', {}],
    ['input.invalid', { readings: [] }],
    ['input.invalid', { readings: [{ sensor: 'w-1' }] }],
    ['input.invalid', { readings: [reading(Number.NaN, 0)] }],
    ['input.invalid', { readings: [reading(3, 0, { at: 'now' })] }],
    ['input.invalid', { readings: [reading(3, 0), reading(15, 1, { more: 1 })] }],
    ['place.unknown-grid', { readings: [reading(3, 0, { gridCode: 'S9Z9' })] }],
    ['reading.ahead-of-time', { readings: [reading(3, 3_600)] }],
    ['record.unreadable', 'x'],
  ])('that cannot be used are told of as %s, whole, and the others go on', async (code, body) => {
    await take(body, { readings: [reading(15, 2)] });
    expect([stage.reasons(), await stage.streams()]).toEqual([[code], 1]);
  });

  it('that the city will not take as a report are told of, and the sensor is heard on', async () => {
    stage.before = () => {
      throw new Refusal('catalogue.unknown-rule', 'no such rule');
    };
    await measured([15, 0], [16, 1], [5, 2]);
    expect([stage.reasons(), await stage.streams()]).toEqual([['catalogue.unknown-rule'], 0]);
    stage.before = () => undefined;
    await measured([15, 3]);
    expect(await stage.streams()).toBe(1);
  });
});
