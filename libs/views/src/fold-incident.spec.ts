import { describe, expect, it } from '@jest/globals';
import { evolveClocks, noClocks } from '#deadlines';
import type { ClockStarted, EventOf, IncidentEvent, IncidentEventType } from '#events';
import { fromIso } from '#kernel';
import type { RecordedEvent } from '#kernel';
import fc from 'fast-check';
import { incidentHistories } from '#testing';
import { foldIncident, foldOwnIncident } from './fold-incident.js';
import type { IncidentView } from './fold-incident.js';
import type { IncidentRow } from './queries.js';
import { timelineRowOf } from './timeline.js';

const place = { grid: 'G1', community: 'C1', street: 'S1', district: 'D1', city: 'CITY' };
const at = (hours: number): string => new Date(Date.UTC(2026, 0, 5, 0) + hours * 3_600_000).toISOString();

const clock = (name: ClockStarted['clock'], ordinal: number, unit: string, dueHours: number): ClockStarted => ({
  change: 'start', clockId: `${name}:${ordinal}`, clock: name, unit, rung: 'street', limit: { amount: dueHours, unit: 'continuous-hour' }, calendarVersion: 'c1',
  startedAt: at(0), warnAt: at(dueHours * 0.8), dueAt: at(dueHours), seriousAt: at(dueHours * 1.5), durationMs: dueHours * 3_600_000, consumedMs: 0, climbs: false,
});

type Data<Type extends IncidentEventType> = Omit<EventOf<Type>['data'], 'incidentId' | 'round' | 'clocks'> & { readonly clocks?: readonly unknown[]; readonly round?: number };
type Told = { [Type in IncidentEventType]: readonly [type: Type, data: Data<Type>] }[IncidentEventType];

const reported = ['IncidentReported', {
  channel: 'hotline', externalId: 'X-1', place, location: { longitude: 121.5, latitude: 31.3 }, ruleHint: null, reporter: { keyId: 'k', sealed: 's' },
  description: null, address: null, photos: [{ sha256: 'ab', bytes: 7 }], clocks: [clock('accept', 1, 'S1-centre', 1), clock('citizen', 2, 'S1-centre', 72)],
}] satisfies Told;
const accepted = ['Accepted', { unit: 'S1-centre', clocks: [{ change: 'stop', clockId: 'accept:1' }, clock('dispatch', 3, 'S1-centre', 2)] }] satisfies Told;
const filed = ['Filed', {
  catalogueVersion: 'cat', ruleId: 'R.1', subclassCode: 'R', scenario: 'flood', dutyVersion: 'd', policyVersion: 'p', calendarVersion: 'c', grade: 'general',
  rung: 'street', enteredBy: null, accountableUnit: 'S1-centre', clocks: [],
}] satisfies Told;
const dispatched = ['Dispatched', {
  ordinal: 1, accountableUnit: 'S1-roads', assisting: ['S1-order'], informed: ['S1-greening'], suggestion: null, final: false,
  clocks: [{ change: 'stop', clockId: 'dispatch:3' }, clock('handle', 4, 'S1-roads', 8), clock('acknowledge', 5, 'S1-roads', 1)],
}] satisfies Told;
const acknowledged = ['DispatchAcknowledged', { unit: 'S1-roads', clocks: [{ change: 'stop', clockId: 'acknowledge:5' }] }] satisfies Told;
const handled = ['Handled', {
  unit: 'S1-roads', handler: 'u1', onTheSpot: false, note: null, photos: [], clocks: [{ change: 'stop', clockId: 'handle:4' }, clock('inspect', 6, 'S1-centre', 4)],
}] satisfies Told;
const passed = ['InspectionPassed', { inspector: 'u2', unit: 'S1-centre', drawn: false, note: null, photos: [], clocks: [{ change: 'stop', clockId: 'inspect:6' }] }] satisfies Told;
const closed = ['Closed', {
  closedBy: 'u3', unit: 'S1-centre', rung: 'street', handlingUnit: 'S1-roads', selfHandled: false, clocks: [{ change: 'stop', clockId: 'citizen:2' }],
}] satisfies Told;
const reason = { code: 'because' };
const late = { clockId: 'handle:4', clock: 'handle', unit: 'S1-roads', rung: 'street', passedAt: at(8) } as const;
const upwards = { fromRung: 'street', toRung: 'district', fromLoop: 'street', toLoop: 'city', fromUnit: 'S1-roads', accountableUnit: 'D1-centre', reason } as const;
const suspended = ['Suspended', {
  applicant: 'u1', approver: 'u2', until: at(48), reason, clocks: [{ change: 'pause', clockId: 'handle:4', consumedMs: 1 }, clock('suspension', 7, 'S1-roads', 48)],
}] satisfies Told;

const recorded = (told: readonly Told[]): RecordedEvent<IncidentEvent>[] => {
  let round = 1;
  return told.map(([type, data], index) => {
    round = data.round ?? round;
    return {
      type, data: { clocks: [], ...data, incidentId: 'i-1', round } as never, eventId: `e${index}`, stream: 'incident-i-1', version: index + 1, position: 10 * (index + 1),
      schema: 1, recordedAt: at(index), actor: { id: 'u1', role: 'street-dispatcher', unit: 'S1-centre' }, commandId: 'c', correlationId: 'c',
    };
  });
};

const folded = (events: readonly RecordedEvent<IncidentEvent>[], from: IncidentView | null = null): IncidentView => {
  const view = events.reduce<IncidentView | null>(foldIncident, from);
  if (!view) throw new Error('nothing was folded');
  return view;
};

/** given facts, then these fields of the row. */
const given = (...told: Told[]) => {
  const view = folded(recorded(told));
  return {
    ...view,
    shows: (fields: Partial<IncidentRow>): void => expect(view.incident).toMatchObject(fields),
  };
};

const upToHandling = [reported, accepted, filed, dispatched, acknowledged] as const;

describe('what an incident looks like', () => {
  it('a report shows what was told, its clocks and the centre that has to take it up', () => {
    given(reported).shows({
      incidentId: 'i-1', revision: 1, position: 10, stage: 'reported', open: true, round: 1, rung: null, loop: null, accountableUnit: null, holder: 'S1-centre', channel: 'hotline',
      externalId: 'X-1', grid: 'G1', community: 'C1', street: 'S1', district: 'D1', reporter: { keyId: 'k', sealed: 's' }, reportedAt: at(0), dueAt: at(1), dueClock: 'accept',
      photos: [{ sha256: 'ab', bytes: 7 }],
    });
  });

  it('filing fixes rule, grade and loop and makes the centre accountable', () => {
    given(reported, accepted, filed).shows({
      stage: 'filed', rung: 'street', loop: 'street', accountableUnit: 'S1-centre', holder: 'S1-centre', ruleId: 'R.1', subclassCode: 'R', scenario: 'flood', grade: 'general', filedAt: at(2),
      dueClock: 'dispatch', dueAt: at(2),
    });
  });

  const holders: readonly [stage: string, holder: string | null, told: readonly Told[]][] = [
    ['reported', 'S1-centre', [reported]],
    ['accepted', 'S1-centre', [reported, accepted]],
    ['filed', 'S1-centre', [reported, accepted, filed]],
    ['dispatched', 'S1-roads', [reported, accepted, filed, dispatched]],
    ['acknowledged', 'S1-roads', upToHandling],
    ['handled', 'S1-centre', [...upToHandling, handled]],
    ['inspected', 'S1-centre', [...upToHandling, handled, passed]],
    ['closed', null, [...upToHandling, handled, passed, closed]],
    ['declined', null, [reported, ['Declined', { unit: 'S1-centre', reason }]]],
    ['merged', null, [reported, accepted, filed, ['Merged', { into: 'i-0', reason }]]],
    ['voided', null, [reported, accepted, filed, ['Voided', { applicant: 'u1', approver: 'u2', reason }]]],
    ['arbitrating', 'D1-centre', [
      ...upToHandling, ['DispatchReturned', { unit: 'S1-roads', accountableUnit: 'S1-centre', reason, returns: 1 }], ['ArbitrationOpened', { arbiter: 'D1-centre', returns: 1 }],
    ]],
  ];

  it.each(holders)('an incident that is %s waits for %s', (stage, holder, told) => {
    given(...told).shows({ stage: stage as IncidentRow['stage'], holder, open: holder !== null });
  });

  it('a return gives the incident back to the centre and is counted', () => {
    given(...upToHandling, ['DispatchReturned', { unit: 'S1-roads', accountableUnit: 'S1-centre', reason, returns: 1 }]).shows({
      stage: 'filed', accountableUnit: 'S1-centre', holder: 'S1-centre', returns: 1,
    });
  });

  it('a failed inspection leaves it with the inspecting centre until rework puts the unit to it again', () => {
    const failed = ['InspectionFailed', { inspector: 'u2', unit: 'S1-centre', drawn: false, reason, photos: [], failures: 1, rung: 'street', supervises: false }] satisfies Told;
    given(...upToHandling, handled, failed).shows({ stage: 'handled', holder: 'S1-centre', reworks: 0 });
    given(...upToHandling, handled, failed, ['ReworkOrdered', { accountableUnit: 'S1-roads', ordinal: 2 }]).shows({ stage: 'acknowledged', holder: 'S1-roads', reworks: 1 });
  });

  it('climbing moves it to the higher loop and is counted, going down is not', () => {
    const up = ['Escalated', { ...upwards, trigger: 'declared' }] satisfies Told;
    given(...upToHandling, up).shows({ stage: 'filed', rung: 'district', loop: 'city', accountableUnit: 'D1-centre', holder: 'D1-centre', escalations: 1 });
    given(...upToHandling, up, ['Delegated', { ...upwards, fromRung: 'district', toRung: 'street', fromLoop: 'city', toLoop: 'street', accountableUnit: 'S1-centre', trigger: 'declared' }]).shows({
      rung: 'street', loop: 'street', holder: 'S1-centre', escalations: 1,
    });
  });

  it('closing keeps the last rung and accountable unit and leaves nothing due', () => {
    given(...upToHandling, handled, passed, closed).shows({
      open: false, closedAt: at(7), rung: 'street', accountableUnit: 'S1-roads', holder: null, selfHandled: false, dueAt: null, dueClock: null,
    });
  });

  it('an incident handled on the spot is closed and self-handled', () => {
    const onTheSpot = ['Handled', { unit: 'C1-station', handler: 'u1', onTheSpot: true, note: null, photos: [] }] satisfies Told;
    const takenUp = ['Accepted', { unit: 'C1-station', clocks: [{ change: 'stop', clockId: 'accept:1' }] }] satisfies Told;
    const view = given(reported, takenUp, filed, onTheSpot, [closed[0], { ...closed[1], selfHandled: true }], ['SampleDrawn', { chance: 0.1, share: 0.2, drawn: true, clocks: [clock('inspect', 9, 'S1-centre', 4)] }]);
    view.shows({ stage: 'closed', selfHandled: true, accountableUnit: 'C1-station', holder: null, dueClock: 'inspect' });
  });

  it('reopening starts a new round and forgets the closing but not the counts', () => {
    const view = given(
      ...upToHandling, ['DeadlineBreached', { ...late, climbs: false }], handled, passed, closed, ['SatisfactionRecorded', { grade: 'dissatisfied' }],
      ['Reopened', { round: 2, rung: 'street', accountableUnit: 'S1-centre', reason }],
    );
    view.shows({ stage: 'filed', open: true, round: 2, closedAt: null, satisfaction: null, holder: 'S1-centre', breachedClocks: 1, filedAt: at(2) });
  });

  it('a suspension shows until when, and its end is the next due time', () => {
    given(...upToHandling, suspended).shows({ suspendedUntil: at(48), dueClock: 'suspension', dueAt: at(48) });
    given(...upToHandling, suspended, ['Resumed', { by: 'person' }]).shows({ suspendedUntil: null });
    given(...upToHandling, suspended, ['Escalated', { ...upwards, trigger: 'deadline' }]).shows({ suspendedUntil: null });
  });

  it('units that were accountable, assist, are informed or were whistled to belong to it, whatever happens later', () => {
    const { parties } = given(
      ...upToHandling, ['Whistled', { whistleId: 'w1', by: 'S1-centre', units: ['D1-water'], reason }], ['DispatchReturned', { unit: 'S1-roads', accountableUnit: 'S1-centre', reason, returns: 1 }],
    );
    expect([...parties].sort()).toEqual(['D1-water', 'S1-centre', 'S1-greening', 'S1-order', 'S1-roads']);
  });
});

describe('what the clocks of an incident look like', () => {
  type Said = Pick<IncidentView['deadlines'][number], 'clockId' | 'unit' | 'rung' | 'status' | 'warned' | 'breached' | 'seriouslyBreached'>;
  const said = ({ clockId, unit, rung, status, warned, breached, seriouslyBreached }: Said): Said => ({ clockId, unit, rung, status, warned, breached, seriouslyBreached });
  const clockOf = (view: IncidentView, clockId: string) => view.deadlines.find((row) => row.clockId === clockId);

  it('a breach is marked on its clock and counted, and stays when it is exempted', () => {
    const view = given(...upToHandling, ['DeadlineWarned', late], ['DeadlineBreached', { ...late, climbs: false }], ['DeadlineSeriouslyBreached', late], ['ExemptionGranted', { clockId: 'handle:4', approver: 'u9', reason }]);
    expect(clockOf(view, 'handle:4')).toMatchObject({ warned: true, breached: true, seriouslyBreached: true, exempted: true, status: 'running', grid: 'G1', street: 'S1' });
    view.shows({ breachedClocks: 1 });
  });

  it('a clock stops at the moment of the fact that stops it', () => {
    expect(clockOf(given(reported, accepted), 'accept:1')).toMatchObject({ status: 'stopped', stoppedAt: at(1) });
  });

  it('a paused clock is not due, and goes on with the moments that the fact gives it', () => {
    expect(clockOf(given(...upToHandling, suspended), 'handle:4')).toMatchObject({ status: 'paused', dueAt: at(8) });
    const moved = { change: 'resume', clockId: 'handle:4', startedAt: at(10), warnAt: at(15), dueAt: at(16), seriousAt: at(20), durationMs: 1, consumedMs: 0 };
    expect(clockOf(given(...upToHandling, suspended, ['Resumed', { by: 'expiry', clocks: [moved] }]), 'handle:4')).toMatchObject({ status: 'running', dueAt: at(16), stoppedAt: null });
  });

  it('a clock that was never started cannot change', () => {
    expect(() => given(reported, ['FirstContactMade', { unit: 'S1-roads', clocks: [{ change: 'stop', clockId: 'contact:9' }] }])).toThrow('before it was started');
    expect(() => given(reported, ['DeadlineWarned', late])).toThrow('before it was started');
  });

  it('the rows say the same as the clocks that decisions are made on', () => {
    const histories = new Map<string, RecordedEvent<IncidentEvent>[]>();
    for (const event of incidentHistories({ seed: 7, incidents: 150 })) histories.set(event.stream, [...(histories.get(event.stream) ?? []), event]);
    for (const events of histories.values()) {
      const clocks = events.reduce((all, event) => evolveClocks(all, event as unknown as IncidentEvent), noClocks);
      const written = folded(events).deadlines.map((row) => ({
        ...said(row), startedAt: fromIso(row.startedAt), warnAt: fromIso(row.warnAt), dueAt: fromIso(row.dueAt), seriousAt: fromIso(row.seriousAt),
      }));
      expect(written).toEqual([...clocks.values()].map((row) => ({ ...said(row), startedAt: row.startedAt, warnAt: row.warnAt, dueAt: row.dueAt, seriousAt: row.seriousAt })));
    }
  });
});

describe('folding', () => {
  const foldAll = (events: readonly RecordedEvent<IncidentEvent>[], views: ReadonlyMap<string, IncidentView> = new Map()): ReadonlyMap<string, IncidentView> => {
    const next = new Map(views);
    for (const event of events) next.set(event.stream, foldIncident(next.get(event.stream) ?? null, event));
    return next;
  };

  it('gives the same whichever way the log is cut into batches, and whichever facts come twice', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.array(fc.nat({ max: 60 }), { maxLength: 12 }), fc.nat({ max: 20 }), (seed, sizes, overlap) => {
        const log = [...incidentHistories({ seed, incidents: 6, concurrent: 4 })];
        let views: ReadonlyMap<string, IncidentView> = new Map();
        let from = 0;
        for (const size of [...sizes, log.length]) {
          views = foldAll(structuredClone(log.slice(Math.max(0, from - overlap), from + size)), structuredClone(views));
          from += size;
        }
        expect(views).toEqual(foldAll(log));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same in place, for whoever owns the view', () => {
    const log = [...incidentHistories({ seed: 5, incidents: 200, concurrent: 20 })];
    const own = new Map<string, IncidentView>();
    for (const event of structuredClone(log)) {
      const view = own.get(event.stream) ?? null;
      const next = foldOwnIncident(view, event);
      if (view) expect(next.incident).toBe(view.incident);
      expect(foldOwnIncident(next, event)).toBe(next);
      own.set(event.stream, next);
    }
    expect(own).toEqual(foldAll(log));
  });

  it('leaves the view before as it was', () => {
    const events = recorded([...upToHandling, suspended, ['Resumed', { by: 'person' }], ['DeadlineWarned', late], handled, passed, closed]);
    let view: IncidentView | null = null;
    for (const event of events) {
      const before: IncidentView | null = structuredClone(view);
      const next = foldIncident(view, event);
      expect(view).toEqual(before);
      view = next;
    }
  });

  it('a fact that is folded in already gives the very same view back', () => {
    const events = recorded([...upToHandling]);
    const view = folded(events);
    for (const event of events) expect(foldIncident(view, event)).toBe(view);
  });

  it('what does not change stays the same object, so that only what changed is written', () => {
    const [last, ...before] = recorded([...upToHandling, ['Urged', { unit: 'S1-roads', by: 'u9', note: null }]]).reverse();
    const view = folded(before.reverse());
    const next = foldIncident(view, last as RecordedEvent<IncidentEvent>);
    expect(next.deadlines).toBe(view.deadlines);
    expect(next.parties).toBe(view.parties);
    expect(next.incident).toMatchObject({ revision: 6, position: 60, changedAt: at(5) });
  });

  it('a gap in the versions and a life without a report are defects', () => {
    const [one, two, three] = recorded([reported, accepted, filed]) as [RecordedEvent<IncidentEvent>, RecordedEvent<IncidentEvent>, RecordedEvent<IncidentEvent>];
    expect(() => folded([one, three])).toThrow('goes from version 1 to 3');
    expect(() => folded([two])).toThrow('goes from version 0 to 2');
    expect(() => folded([{ ...two, version: 1 }])).toThrow('has no report before it');
  });
});

describe('the timeline', () => {
  it('names who did what for whom, and when it was claimed and recorded', () => {
    const [event] = recorded([reported]) as [RecordedEvent<IncidentEvent>];
    expect(timelineRowOf({ ...event, claimedAt: at(-1), deviceSkewMs: 3_600_000, onBehalfOf: 'caller' })).toEqual({
      incidentId: 'i-1', version: 1, position: 10, type: 'IncidentReported', round: 1, recordedAt: at(0), claimedAt: at(-1), deviceSkewMs: 3_600_000, happenedAt: at(-2), actorId: 'u1', actorRole: 'street-dispatcher',
      actorUnit: 'S1-centre', onBehalfOf: 'caller', data: event.data,
    });
    expect(timelineRowOf(event)).toMatchObject({ claimedAt: null, happenedAt: null, deviceSkewMs: null, onBehalfOf: null });
  });
});
