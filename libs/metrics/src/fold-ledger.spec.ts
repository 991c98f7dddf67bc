import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentEvent } from '#events';
import { hour } from '#kernel';
import type { RecordedEvent } from '#kernel';
import { asRecorded, closed, live, randomSteps, reported } from '#scenario';
import type { Step } from '#scenario';
import { metrics } from './catalogue.js';
import { foldLedger, ledgerOf } from './fold-ledger.js';
import type { Ledger } from './ledger.js';
import { lateAt } from './life.js';
import type { BothReadings } from './reading.js';
import { figureOf } from './tally.js';

const stored = (ledger: Ledger | null): Ledger | null => JSON.parse(JSON.stringify(ledger)) as Ledger | null;
const lives = randomSteps(70);
const factsOf = (steps: readonly Step[]): readonly RecordedEvent<IncidentEvent>[] => asRecorded(live(steps).history, 40);
const whenever = { from: null, before: null, by: null, filter: {} } as const;

describe('the ledger', () => {
  it('kept fact by fact, put away and taken out again, equals a replay from the first fact', () => {
    fc.assert(fc.property(lives, (steps) => {
      const facts = factsOf(steps);
      let kept: Ledger | null = null;
      for (const fact of facts) kept = foldLedger(stored(kept), fact);
      expect(stored(kept)).toEqual(stored(ledgerOf(facts)));
    }), { numRuns: 60 });
  });

  it('is not changed by a fact that comes again, whole batches included', () => {
    fc.assert(fc.property(lives, (steps) => {
      const facts = factsOf(steps);
      const once = stored(ledgerOf(facts));
      let twice = ledgerOf(facts);
      for (const fact of facts) twice = foldLedger(twice, fact);
      expect(stored(twice)).toEqual(once);
    }), { numRuns: 30 });
  });

  it('refuses facts with a gap between them, and a life that does not begin with a report', () => {
    const [first, second, third] = asRecorded(closed());
    if (!first || !second || !third) throw new Error('the history is too short');
    expect(() => foldLedger(foldLedger(null, first), third)).toThrow('goes from version 1 to 3');
    expect(() => foldLedger(null, { ...second, version: 1 })).toThrow('no report before it');
    expect(foldLedger(null, first)).toMatchObject({ incidentId: 'i-1', firstPosition: 1, revision: 1 });
  });

  it('knows no later moment than the last due time and the last fact', () => {
    const ledger = ledgerOf(asRecorded(reported()));
    expect(ledger?.latestAt).toBe(Math.max(...(ledger?.duties ?? []).map(({ dueAt }) => dueAt)));
  });
});

describe('figures of any life', () => {
  const readings = ({ factual, accountable }: BothReadings) => [factual, accountable];

  it('never count more than there is, as of any fact, and divide by nothing as —', () => {
    fc.assert(fc.property(lives, fc.nat(99), (steps, cut) => {
      const facts = factsOf(steps);
      const past = facts.slice(0, 1 + Math.floor((cut / 100) * facts.length));
      const ledger = ledgerOf(past);
      const at = Date.parse(past.at(-1)?.recordedAt ?? '');
      for (const metric of metrics) {
        const { total } = figureOf(metric, ledger ? [ledger] : [], { ...whenever, at });
        for (const reading of readings(total)) {
          if (!('denominator' in reading) || metric.kind === 'mean') continue;
          expect(reading.numerator).toBeLessThanOrEqual(reading.denominator);
          if (reading.denominator === 0) expect([metric.name, reading.value, reading.text]).toEqual([metric.name, null, '—']);
          else expect(reading.value).toBeLessThanOrEqual(1);
        }
      }
    }), { numRuns: 60 });
  });

  it('rest on facts of the incident that stood in the log at the moment', () => {
    fc.assert(fc.property(lives, (steps) => {
      const facts = factsOf(steps);
      const ledger = ledgerOf(facts);
      const at = Date.parse(facts.at(-1)?.recordedAt ?? '');
      const known = new Set(facts.map(({ position }) => position));
      for (const metric of metrics) {
        for (const entry of ledger ? metric.entriesOf(ledger, at) : []) {
          expect(entry.positions.length).toBeGreaterThan(0);
          expect(entry.positions.filter((position) => !known.has(position))).toEqual([]);
          expect(new Set(entry.positions).size).toBe(entry.positions.length);
          expect(entry.at).toBeLessThanOrEqual(at);
        }
      }
    }), { numRuns: 60 });
  });

  it('find late what the log finds late, whether or not a timer has run', () => {
    fc.assert(fc.property(lives, fc.nat(400 * 24), (steps, hours) => {
      const asked = live(steps, undefined, 0).history.later(hours * hour);
      const before = ledgerOf(asRecorded(asked));
      const after = ledgerOf(asRecorded(asked.passTime()));
      if (!before || !after) return;
      // A suspension that has run out is resumed by the engine: until then its clock stands still.
      fc.pre(!before.duties.some((duty) => duty.clock === 'suspension' && lateAt(duty, asked.now, before) !== null));
      for (const [index, duty] of before.duties.entries()) {
        const said = after.duties[index];
        expect([duty.clockId, lateAt(duty, asked.now, before)]).toEqual([said?.clockId, said?.breachedAt ?? null]);
      }
    }), { numRuns: 150 });
  });

  it('stay late once they were late: a late duty is never met again by whatever is recorded later', () => {
    fc.assert(fc.property(lives, (steps) => {
      const facts = factsOf(steps);
      const late = new Set<string>();
      let ledger: Ledger | null = null;
      for (const fact of facts) {
        ledger = foldLedger(ledger, fact);
        for (const duty of ledger.duties) {
          const isLate = duty.clock !== 'suspension' && lateAt(duty, Date.parse(fact.recordedAt), ledger) !== null;
          if (late.has(duty.clockId)) expect([duty.clockId, isLate]).toEqual([duty.clockId, true]);
          if (isLate && duty.breachedAt !== undefined) late.add(duty.clockId);
        }
      }
    }), { numRuns: 40 });
  });
});
