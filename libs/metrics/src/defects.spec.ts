import { describe, expect, it } from '@jest/globals';
import { day, fromIso, hour, minute, toIso } from '#kernel';
import { libraryOf } from '#reference';
import { accepted, acknowledged, closed, dispatched, given, handled, nothing, reported, smallReference } from '#scenario';
import type { History } from '#scenario';
import { metrics } from './catalogue.js';
import { canonicalText } from './frozen.js';
import { accountable, duration, factual, figure, ledgersOf, of } from './spec-figures.js';

const other = { code: 'other' };

/**
 * Defects of shipped scoring systems that silently changed what people were judged by: each is a rule that holds here. The numbers are
 * those of the catalogue of such defects that the project keeps.
 */
describe('what other systems got wrong', () => {
  it('B1: a wrong dispatch is counted as wrong, and not as right in both branches', () => {
    const wrong = dispatched().does('roads', { type: 'ReturnDispatch', reason: other }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-order' }).does('order', { type: 'AcknowledgeDispatch' }).does('order', { type: 'RecordHandling' });
    expect(of(factual('firstDispatchAccuracyRate', [wrong]))).toBe('0 of 1');
  });

  it('B2: a suspension is counted from the moment it is granted', () => {
    const asked = acknowledged().does('roads', { type: 'RequestSuspension', until: toIso(acknowledged().now + 2 * day), reason: other });
    expect([of(factual('suspensionRate', [asked])), of(factual('suspensionRate', [asked.does('dispatcher', { type: 'GrantSuspension' })]))]).toEqual(['0 of 1', '1 of 1']);
  });

  it('B3: an extension that was granted counts to its last minute, and not one more', () => {
    const extended = acknowledged().does('roads', { type: 'RequestExtension', addedMinutes: 120, reason: other }).does('dispatcher', { type: 'GrantExtension' });
    const dueAt = [...extended.open.clocks.values()].find(({ clock }) => clock === 'handle')?.dueAt ?? 0;
    expect(of(factual('onTimeHandlingRate', [extended.at(dueAt - 1).does('roads', { type: 'RecordHandling' })]))).toBe('1 of 1');
    expect(of(factual('onTimeHandlingRate', [extended.at(dueAt).passTime()]))).toBe('0 of 1');
  });

  it('B4: figures look at no calendar: due times are facts, so the end of a calendar\'s validity can change none', () => {
    const history = closed();
    const [ledger] = ledgersOf([history]);
    const starts = history.told.flatMap(({ event }) => ('clocks' in event.data ? event.data.clocks : [])).filter((change) => change.change === 'start');
    expect(ledger?.duties.map(({ clockId, dueAt }) => [clockId, dueAt])).toEqual(starts.map(({ clockId, dueAt }) => [clockId, fromIso(dueAt)]));
  });

  it('B5: what was recorded later never re-prices an earlier moment', () => {
    const before = closed();
    const at = before.now;
    const after = before.later(day).does('dispatcher', { type: 'ReopenIncident', reason: other });
    const past = (history: Pick<History, 'told' | 'now'>): string => canonicalText(metrics.map(({ name }) => figure(name, [history], { at })));
    const asItWas = { now: after.now, told: after.told.slice(0, before.told.length) };
    expect(past(asItWas)).toBe(past(before));
    expect(of(factual('closureRate', [after]))).toBe('0 of 0');
  });

  it('B6: who closes more has more points', () => {
    const late = reported().later(40 * day).passTime();
    const all = factual('closureRate', [closed(), closed()]);
    const half = factual('closureRate', [closed(), late]);
    const none = factual('closureRate', [late, late]);
    expect([all.points, half.points, none.points]).toEqual([100, 50, 0]);
  });

  it('B7: a unit without a rework has the full points for it, and one with nothing due has none', () => {
    const failed = handled().does('gridWorkerB', { type: 'FailInspection', reason: other }).does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });
    expect(factual('reworkRate', [closed()])).toMatchObject({ numerator: 0, denominator: 1, points: 100 });
    expect(factual('reworkRate', [failed])).toMatchObject({ text: '100 %', points: 0 });
    expect(factual('reworkRate', [handled()])).toMatchObject({ text: '—', points: null });
  });

  it('B8: no two metrics are the same one under two names', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    expect(new Set(metrics.map(({ chinese }) => chinese)).size).toBe(metrics.length);
    expect(new Set(metrics.map(({ formula }) => formula)).size).toBe(metrics.length);
  });

  it('B9: different shares have different points: nobody is graded as everybody', () => {
    const late = reported().later(40 * day).passTime();
    const points = [0, 1, 2, 3, 4].map((good) => factual('closureRate', [...Array.from({ length: good }, closed), ...Array.from({ length: 4 - good }, () => late)]).points);
    expect(points).toEqual([0, 25, 50, 75, 100]);
  });

  it('B10: a limit of 60 工作日 is 480 working hours, overflows nothing, and its duration is exact', () => {
    const rules = smallReference.catalogue.rules.map((rule) => (rule.ruleId === 'C-01-01.2' ? { ...rule, handleLimit: { amount: 60, unit: 'working-day' as const } } : rule));
    const long = libraryOf([{ ...smallReference, catalogue: { version: 'long', rules } }]);
    const taken = accepted().withLibrary(long).does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'AcknowledgeDispatch' });
    const done = taken.later(80 * day).does('roads', { type: 'RecordHandling' });
    // Monday 9:00 and 60 working days of eight hours: the Monday twelve weeks later at 9:00.
    expect(toIso([...taken.open.clocks.values()].find(({ clock }) => clock === 'handle')?.dueAt ?? 0)).toBe('2026-05-25T01:00:00.000Z');
    expect([of(factual('onTimeHandlingRate', [done])), duration('handleDuration', [done]).p50Minutes]).toEqual(['1 of 1', 80 * 24 * 60]);
  });

  it('B11: time that stood still is exact to the minute, and granted by another than the one who asked', () => {
    const asked = acknowledged().later(7 * minute).does('roads', { type: 'RequestSuspension', until: toIso(acknowledged().now + 2 * day), reason: other });
    given(asked).when('roads', { type: 'GrantSuspension' }).refuses('duty.own-request');
    const done = asked.does('dispatcher', { type: 'GrantSuspension' }).later(100 * minute).does('roads', { type: 'ResumeIncident' }).later(6 * minute).does('roads', { type: 'RecordHandling' });
    expect([duration('handleDuration', [done]).p50Minutes, duration('handleDuration', [done], 'accountable').p50Minutes]).toEqual([113, 13]);
  });

  it('B12: no two incidents have one number, and every fact says who', () => {
    given(reported()).when('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-2', gridCode: 'S1A1' }).refuses('incident.number-taken');
    expect(closed().told.filter(({ actor }) => actor.id === '' || actor.unit === '')).toEqual([]);
  });

  it('B13: what is in the numerator is in the denominator, voided or not', () => {
    const gone = handled().does('dispatcher', { type: 'RequestVoid', reason: other }).does('dispatcher2', { type: 'VoidIncident' });
    for (const { name, kind } of metrics) {
      if (kind !== 'rate') continue;
      for (const reading of [factual(name, [gone, closed()]), accountable(name, [gone, closed()])]) expect([name, reading.numerator <= reading.denominator]).toEqual([name, true]);
    }
    expect(of(factual('onTimeHandlingRate', [gone]))).toBe('1 of 1');
    expect([of(factual('closureRate', [gone])), of(factual('voidRate', [gone, closed()]))]).toEqual(['0 of 1', '1 of 2']);
    expect(of(factual('voidRate', [nothing().does('hotline', { type: 'ReportIncident', channel: 'hotline', gridCode: 'S1A1' }).later(hour)]))).toBe('0 of 0');
  });
});
