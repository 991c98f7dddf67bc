import type { IncidentEvent, PeriodFrozen, ReferenceActivated, ReferenceWithdrawn } from '#events';
import { hour, minute, toIso } from '#kernel';
import { accepted, acknowledged, closed, dispatched, filed, handled, monday9, nothing, reported } from '#scenario';
import type { History } from '#scenario';

const sealed = { keyId: 'k-1', sealed: 'bm90aGluZyBpcyBpbiBoZXJl' };
const photos = [{ sha256: 'f'.repeat(64), bytes: 48_213 }];
const reason = { code: 'other', note: sealed };
const location = { longitude: 121.5123, latitude: 31.2754 };

const arbitrated = (): History => [1, 2].reduce(
  (history) => history.does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'ReturnDispatch', reason }),
  dispatched().does('roads', { type: 'ReturnDispatch', reason }),
).does('district', { type: 'ArbitrateReturn', unit: 'S1-order', reason });

const late = (): History => {
  const history = acknowledged().later(9 * hour).passTime();
  const clockId = [...history.open.clocks.values()].find(({ breached, unit }) => breached && unit === 'S1-roads')?.clockId ?? '';
  return history.does('roads', { type: 'RequestExemption', clockId, reason });
};
const lateClock = (history: History): string => [...history.open.exemptions.keys()][0] ?? '';

const stories: readonly (() => History)[] = [
  () => nothing().does('hotline', {
    type: 'ReportIncident', channel: 'hotline', externalId: 'H-20260302-17', gridCode: 'S1A1', location, ruleHint: 'C-01-01.2', reporter: sealed, description: sealed, address: sealed, photos,
  }).does('gridWorkerA', { type: 'VerifyIncident', outcome: 'true', note: sealed, photos }),
  () => accepted().does('dispatcher', { type: 'DeclineIncident', reason }),
  () => filed('E-05-01.1'),
  () => filed().does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads', assisting: ['S1-order'], informed: ['YP-roads'], suggestion: { rank: 1, dutyId: 'street-C-01-roads', match: 'class' } })
    .does('roads', { type: 'AcknowledgeDispatch' }).does('roads', { type: 'RecordFirstContact' }).does('roads', { type: 'RecordArrival', location }).later(hour)
    .does('roads', { type: 'RecordHandling', note: sealed, photos }).does('gridWorkerB', { type: 'FailInspection', reason, photos })
    .does('roads', { type: 'RecordHandling' }).does('gridWorkerB', { type: 'PassInspection', note: sealed, photos }).does('dispatcher', { type: 'CloseIncident' })
    .does('hotline', { type: 'RecordVisit', reached: true, note: sealed }).does('hotline', { type: 'RecordSatisfaction', grade: 'dissatisfied' })
    .does('roads', { type: 'CompleteRectification', note: sealed }).does('dispatcher', { type: 'ReopenIncident', reason }),
  () => arbitrated(),
  () => nothing().does('gridWorkerA', { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: photos }),
  () => handled().does('dispatcher', { type: 'RequestForceClose', reason }).does('district', { type: 'ForceCloseIncident' }),
  () => reported().does('dispatcher', { type: 'MergeIncident', into: { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' }, reason }),
  () => closed().does('engine', { type: 'LinkDuplicate', duplicate: 'i-2' }),
  () => filed().does('dispatcher', { type: 'RequestVoid', reason }).does('dispatcher2', { type: 'VoidIncident' }),
  () => acknowledged().does('roads', { type: 'RequestSuspension', until: toIso(monday9 + 48 * hour), reason }).does('dispatcher', { type: 'DenySuspension', reason })
    .does('roads', { type: 'RequestSuspension', until: toIso(monday9 + 50 * hour), reason }).does('dispatcher', { type: 'GrantSuspension' }).later(hour).does('roads', { type: 'ResumeIncident' }),
  () => acknowledged().does('roads', { type: 'RequestExtension', addedMinutes: 30, reason }).does('dispatcher', { type: 'DenyExtension', reason })
    .does('roads', { type: 'RequestExtension', addedMinutes: 60, reason }).does('dispatcher', { type: 'GrantExtension' }),
  () => acknowledged().does('dispatcher', { type: 'UrgeIncident', note: sealed }).does('district', { type: 'IssueSupervision', supervisionId: 's-1', reason })
    .does('roads', { type: 'AnswerSupervision', supervisionId: 's-1', note: sealed }).does('roads', { type: 'DeclareBeyondAbility', reason }).does('district', { type: 'DelegateIncident', to: 'street', reason }),
  () => acknowledged().does('dispatcher', { type: 'BlowWhistle', whistleId: 'w-1', units: ['S1-order', 'YP-order'], reason }).later(10 * minute)
    .does('order', { type: 'ReportIn', whistleId: 'w-1', location }).later(hour).passTime().does('dispatcher', { type: 'EndWhistle', whistleId: 'w-1' }),
  () => late().does('city', { type: 'GrantExemption', clockId: lateClock(late()), reason }),
  () => late().does('city', { type: 'DenyExemption', clockId: lateClock(late()), reason }),
];

const activated: ReferenceActivated = {
  type: 'ReferenceActivated',
  data: { version: 'small-1', sha256: '0'.repeat(64), policyVersion: 'policy-1', catalogueVersion: 'catalogue-1', dutyVersion: 'duties-1', calendarVersion: 'calendar-1', effectiveFrom: null },
};

const withdrawn: ReferenceWithdrawn = { type: 'ReferenceWithdrawn', data: { activation: 2, version: 'small-2', reason: '改期' } };

const frozen: PeriodFrozen = {
  type: 'PeriodFrozen',
  data: {
    figuresId: '0190a0f0-0000-5000-8000-000000000001', metrics: [{ name: 'closureRate', version: 1 }], from: '2026-02-28T16:00:00.000Z', before: '2026-03-31T16:00:00.000Z',
    at: '2026-04-01T01:00:00.000Z', position: 48_213, places: ['YP'], content: '{"definitions":[],"figures":[],"question":{}}', sha256: '0'.repeat(64),
  },
};

/** What the code writes today: the first fact of each type that these stories lead to. */
export const writtenToday = (): ReadonlyMap<string, IncidentEvent | PeriodFrozen | ReferenceActivated | ReferenceWithdrawn> => {
  const samples = new Map<string, IncidentEvent | PeriodFrozen | ReferenceActivated | ReferenceWithdrawn>([[activated.type, activated], [frozen.type, frozen], [withdrawn.type, withdrawn]]);
  for (const { event } of stories.flatMap((story) => story().told)) if (!samples.has(event.type)) samples.set(event.type, event);
  return samples;
};
