import { describe, expect, it } from '@jest/globals';
import { cityOf, libraryOf } from '#reference';
import { hour, minute, toIso } from '#kernel';
import { accepted, acknowledged, closed, dispatched, filed, given, handled, inspected, people, reported, smallReference } from '#scenario';
import type { History } from '#scenario';
import { allowedActions } from './decide.js';

const other = { code: 'other' };
const shareOf = (history: History, name: string) => [...history.open.clocks.values()].filter(({ clock }) => clock === name).at(-1);

describe('rule 1: whoever handled it, and anyone of the handling unit, can neither inspect nor close it', () => {
  it('refuses the handler', () => given(handled()).when('roads', { type: 'PassInspection' }).refuses('duty.not-independent'));

  it('refuses a colleague of the handler at the closing', () => {
    const inGrid = filed('E-01-02.1').does('gridWorkerA', { type: 'DispatchIncident', unit: 'S1A-station' }).does('gridWorkerA', { type: 'AcknowledgeDispatch' })
      .does('gridWorkerA', { type: 'RecordHandling' });
    given(inGrid).when('gridWorkerA2', { type: 'PassInspection' }).refuses('duty.not-independent');
    given(inGrid.does('gridWorkerB', { type: 'PassInspection' })).when('gridWorkerA2', { type: 'CloseIncident' }).refuses('duty.not-independent');
  });

  it('lets an independent person inspect and the centre close', () => {
    given(handled()).when('gridWorkerB', { type: 'PassInspection' }).records('InspectionPassed');
    given(inspected()).when('dispatcher', { type: 'CloseIncident' }).records('Closed');
  });

  it('keeps force-closing for an approver above who is neither applicant nor handler', () => {
    const asked = acknowledged().does('dispatcher', { type: 'RequestForceClose', reason: { code: 'object-gone' } });
    given(acknowledged()).when('district', { type: 'ForceCloseIncident' }).refuses('approval.nothing-asked');
    given(asked).when('dispatcher', { type: 'ForceCloseIncident' }).refuses('duty.own-request');
    given(asked).when('dispatcher2', { type: 'ForceCloseIncident' }).refuses('actor.not-above');
    const [event] = given(asked).when('district', { type: 'ForceCloseIncident' }).records('ForceClosed');
    expect(event?.data).toMatchObject({ applicant: 'zhao', approver: 'zheng', reason: { code: 'object-gone' } });
  });
});

describe('rule 2: nothing is closed without a passed inspection by somebody else', () => {
  it('refuses to close what was not inspected', () => given(handled()).when('dispatcher', { type: 'CloseIncident' }).refuses('incident.wrong-stage'));

  it('sends a failed inspection back to the unit that handled it', () => {
    const failed = handled().does('gridWorkerB', { type: 'FailInspection', reason: other });
    expect(failed.types.slice(-2)).toEqual(['InspectionFailed', 'ReworkOrdered']);
    given(failed).when('dispatcher', { type: 'CloseIncident' }).refuses('incident.wrong-stage');
    given(failed).when('roads', { type: 'RecordHandling' }).records('Handled');
  });

  it('closes a self-handled incident at once and draws a share of them by a number that stands in the log', () => {
    const onTheSpot = { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [{ sha256: 'a'.repeat(64), bytes: 9 }] } as const;
    const start = reported().with([], people.engine);
    const fresh = new (start.constructor as new (...parts: unknown[]) => History)({ stage: 'unknown' }, [], start.now, start.library, 0.05);
    const drawn = fresh.does('gridWorkerA', onTheSpot);
    expect(drawn.types).toEqual(['IncidentReported', 'Accepted', 'Filed', 'Handled', 'Closed', 'SampleDrawn']);
    expect(drawn.told.at(-1)?.event.data).toMatchObject({ chance: 0.05, share: 0.1, drawn: true });
    given(drawn).when('gridWorkerA2', { type: 'PassInspection' }).refuses('duty.not-independent');
    given(drawn).when('dispatcher', { type: 'PassInspection' }).records('InspectionPassed');
    given(drawn).when('dispatcher', { type: 'FailInspection', reason: other }).records('InspectionFailed', 'Reopened');
    const spared = fresh.withChance(0.5).does('gridWorkerA', onTheSpot);
    given(spared).when('dispatcher', { type: 'PassInspection' }).refuses('inspection.not-drawn');
    given(fresh).when('gridWorkerB', onTheSpot).refuses('place.not-your-grid');
    given(fresh).when('gridWorkerA', { ...onTheSpot, ruleId: 'C-01-01.2' }).refuses('catalogue.not-on-the-spot');
    given(fresh).when('gridWorkerA', { ...onTheSpot, handlingPhotos: [] }).refuses('photo.missing');
  });
});

describe('rule 3: filing pins rule, policy and calendar, and a later change never re-prices an old incident', () => {
  const later = libraryOf([
    smallReference,
    {
      ...smallReference, version: 'small-2',
      policy: { ...smallReference.policy, version: 'policy-2', returnCap: 0, extensionCap: 0, climbsOn: { grid: [], street: [], district: [], city: [] } },
      catalogue: { version: 'catalogue-2', rules: smallReference.catalogue.rules.map((rule) => ({ ...rule, handleLimit: { amount: 1, unit: 'working-hour' as const } })) },
    },
  ]);

  it('writes the versions into the fact', () => {
    expect(filed().told.at(-1)?.event.data).toMatchObject({ ruleId: 'C-01-01.2', catalogueVersion: 'catalogue-1', policyVersion: 'policy-1', calendarVersion: 'calendar-1', dutyVersion: 'duties-1' });
  });

  it('dispatches, extends and arbitrates by the pinned versions', () => {
    const old = filed().withLibrary(later).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' });
    expect(shareOf(old, 'handle')?.durationMs).toBe(4 * hour);
    expect(shareOf(old, 'handle')?.climbs).toBe(true);
    const returned = old.does('roads', { type: 'ReturnDispatch', reason: other });
    expect(returned.types.at(-1)).toBe('DispatchReturned');
    given(old.does('roads', { type: 'AcknowledgeDispatch' })).when('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }).records('ExtensionRequested');
  });

  it('files new incidents under the new versions', () => {
    const fresh = accepted().withLibrary(later).does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' });
    expect(fresh.told.at(-1)?.event.data).toMatchObject({ policyVersion: 'policy-2', catalogueVersion: 'catalogue-2' });
  });
});

describe('rule 4: a limit belongs to subclass and filing condition', () => {
  it('gives two conditions of one subclass their own limits', () => {
    const limitOf = (ruleId: string) => shareOf(filed(ruleId).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }), 'handle')?.limit;
    expect([limitOf('C-01-01.1'), limitOf('C-01-01.2')]).toEqual([{ amount: 2, unit: 'continuous-hour' }, { amount: 4, unit: 'working-hour' }]);
  });
});

describe('rule 5: a return needs a reason, carries time over to the same unit, and is capped', () => {
  const back = (history: History, at = 60): History => history.later(at * minute).does('roads', { type: 'ReturnDispatch', reason: { code: 'not-our-duty' } });

  it('resumes what remained when it goes back to the same unit', () => {
    const again = back(acknowledged()).later(10 * minute).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' });
    expect(shareOf(again, 'handle')).toMatchObject({ clockId: shareOf(acknowledged(), 'handle')?.clockId, durationMs: 4 * hour, consumedMs: hour });
  });

  it('starts the full limit when it goes to another unit, and keeps the old clock as it stood', () => {
    const moved = back(acknowledged()).later(10 * minute).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-order' });
    const clocks = [...moved.open.clocks.values()].filter(({ clock }) => clock === 'handle');
    expect(clocks.map(({ unit, status, consumedMs }) => ({ unit, status, consumedMs }))).toEqual([
      { unit: 'S1-roads', status: 'stopped', consumedMs: hour },
      { unit: 'S1-order', status: 'running', consumedMs: 0 },
    ]);
  });

  it('goes to arbitration one level up past the cap, and the unit named there cannot return it', () => {
    const twice = [0, 1].reduce((history) => back(history, 1).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }), dispatched());
    const third = back(twice, 1);
    expect(third.types.slice(-2)).toEqual(['DispatchReturned', 'ArbitrationOpened']);
    expect(third.open.work).toEqual({ step: 'arbitrating', arbiter: 'YP-centre' });
    given(third).when('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).refuses('incident.wrong-stage');
    given(third).when('dispatcher', { type: 'ArbitrateReturn', unit: 'S1-order', reason: other }).refuses('actor.not-the-arbiter');
    const ruled = third.does('district', { type: 'ArbitrateReturn', unit: 'S1-roads', reason: { code: 'duty-is-clear' } });
    expect(ruled.types.slice(-2)).toEqual(['Arbitrated', 'Dispatched']);
    given(ruled).when('roads', { type: 'ReturnDispatch', reason: other }).refuses('return.after-arbitration');
    given(ruled.does('roads', { type: 'AcknowledgeDispatch' })).when('roads', { type: 'ReturnDispatch', reason: other }).refuses('return.after-arbitration');
  });

  it('climbs with the unit when arbitration names one of a higher rung', () => {
    const twice = [0, 1].reduce((history) => back(history, 1).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }), dispatched());
    const ruled = back(twice, 1).does('district', { type: 'ArbitrateReturn', unit: 'YP-roads', reason: other });
    expect(ruled.types.slice(-3)).toEqual(['Arbitrated', 'Escalated', 'Dispatched']);
    expect(ruled.open).toMatchObject({ rung: 'district', accountableUnit: 'YP-roads' });
    expect([...ruled.open.clocks.values()].filter(({ status }) => status === 'running').map(({ clock }) => clock).sort()).toEqual(['acknowledge', 'arrive', 'citizen', 'contact', 'handle']);
  });

  it('climbs by itself when nobody rules in time', () => {
    const twice = [0, 1].reduce((history) => back(history, 1).does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }), dispatched());
    const waited = back(twice, 1).later(24 * hour).passTime();
    expect(waited.told.map(({ event }) => event).find(({ type }) => type === 'Escalated')?.data).toMatchObject({ fromRung: 'street', toRung: 'district', trigger: 'returns-exhausted' });
  });
});

describe('rule 6: extensions and suspensions are capped, asked in time and granted by another unit', () => {
  const extended = (history: History): History =>
    history.does('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }).does('dispatcher', { type: 'GrantExtension' });

  it('grants at most two extensions', () => {
    given(extended(extended(acknowledged()))).when('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }).refuses('extension.cap');
    expect(shareOf(extended(extended(acknowledged())), 'handle')?.durationMs).toBe(6 * hour);
  });

  it('a refused request does not use up the quota', () => {
    const denied = acknowledged().does('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }).does('dispatcher', { type: 'DenyExtension', reason: other });
    expect(denied.open.extensions).toBe(0);
  });

  it('is asked before the limit passes, and by at most the limit itself', () => {
    given(acknowledged()).when('roads', { type: 'RequestExtension', addedMinutes: 241, reason: other }).refuses('extension.too-long');
    given(acknowledged()).when('roads', { type: 'RequestExtension', addedMinutes: 0, reason: other }).refuses('extension.not-positive');
    const inTheGrid = libraryOf([{ ...smallReference, policy: { ...smallReference.policy, climbsOn: { grid: [], street: [], district: [], city: [] } } }]);
    const late = accepted().withLibrary(inTheGrid).does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' })
      .does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'AcknowledgeDispatch' }).later(24 * hour);
    given(late).when('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }).refuses('clock.too-late');
    given(late).when('roads', { type: 'RequestSuspension', until: toIso(late.now + hour), reason: other }).refuses('clock.too-late');
  });

  it('is granted by neither the asker nor the unit of the asker', () => {
    const asked = acknowledged().does('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other });
    given(asked).when('roads', { type: 'GrantExtension' }).refuses('duty.own-request');
    given(asked).when('sanitation', { type: 'GrantExtension' }).refuses('actor.not-the-centre');
  });

  it('suspends once, and the clock resumes it when nobody does', () => {
    const asked = acknowledged().later(30 * minute).does('roads', { type: 'RequestSuspension', until: toIso(acknowledged().now + 48 * hour), reason: { code: 'planting-season' } });
    given(asked).when('roads', { type: 'GrantSuspension' }).refuses('duty.own-request');
    const suspended = asked.does('dispatcher', { type: 'GrantSuspension' });
    expect(shareOf(suspended, 'handle')).toMatchObject({ status: 'paused', consumedMs: 30 * minute });
    given(suspended).when('roads', { type: 'RecordHandling' }).refuses('incident.suspended');
    const waited = suspended.later(60 * hour).passTime();
    expect(waited.types).toContain('Resumed');
    expect(waited.open.suspendedUntil).toBeNull();
    // It resumed at its expiry, Wednesday 09:00, not when anybody looked.
    expect(toIso(shareOf(waited, 'handle')?.dueAt ?? 0)).toBe('2026-03-04T06:30:00.000Z');
    const resumed = suspended.later(hour).does('roads', { type: 'ResumeIncident' });
    given(resumed).when('roads', { type: 'RequestSuspension', until: toIso(resumed.now + hour), reason: other }).refuses('suspension.cap');
    given(acknowledged()).when('roads', { type: 'RequestSuspension', until: toIso(acknowledged().now - 1), reason: other }).refuses('suspension.in-the-past');
    given(acknowledged()).when('roads', { type: 'RequestSuspension', until: toIso(acknowledged().now + 366 * 24 * hour), reason: other }).refuses('suspension.too-long');
  });
});

describe('rule 7: late is late', () => {
  it('keeps a breach through an exemption, a climb and a closing', () => {
    const late = acknowledged().later(24 * hour).passTime();
    expect(late.types.filter((type) => type === 'DeadlineBreached').length).toBeGreaterThan(0);
    const clock = [...late.open.clocks.values()].find(({ clock, breached }) => clock === 'handle' && breached);
    expect(clock).toMatchObject({ unit: 'S1-roads', rung: 'street' });
    const asked = late.does('roads', { type: 'RequestExemption', clockId: clock?.clockId ?? '', reason: other });
    given(asked).when('dispatcher', { type: 'GrantExemption', clockId: clock?.clockId ?? '', reason: other }).refuses('actor.not-above');
    const exempted = asked.does('city', { type: 'GrantExemption', clockId: clock?.clockId ?? '', reason: other });
    expect(exempted.open.clocks.get(clock?.clockId ?? '')?.breached).toBe(true);
    expect(exempted.open.exemptions.get(clock?.clockId ?? '')?.status).toBe('granted');
  });

  it('exempts only what was late, and only for the unit whose clock it was', () => {
    given(acknowledged()).when('roads', { type: 'RequestExemption', clockId: 'handle:1', reason: other }).refuses('exemption.not-late');
    given(acknowledged().later(24 * hour)).when('sanitation', { type: 'RequestExemption', clockId: 'handle:1', reason: other }).refuses('exemption.not-late');
  });
});

describe('rule 8: void and merge are facts, and there is no delete', () => {
  it('voids only with a second person', () => {
    const asked = filed().does('dispatcher', { type: 'RequestVoid', reason: { code: 'filed-in-error' } });
    given(filed()).when('dispatcher2', { type: 'VoidIncident' }).refuses('approval.nothing-asked');
    given(asked).when('dispatcher', { type: 'VoidIncident' }).refuses('duty.own-request');
    const [event] = given(asked).when('dispatcher2', { type: 'VoidIncident' }).records('Voided');
    expect(event?.data).toMatchObject({ applicant: 'zhao', approver: 'qian' });
  });

  it('merges a later incident into an earlier one that is alive, never the other way round', () => {
    const earlier = { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' };
    given(filed()).when('dispatcher', { type: 'MergeIncident', into: earlier, reason: other }).records('Merged');
    given(filed()).when('dispatcher', { type: 'MergeIncident', into: { ...earlier, reportedAt: '2026-03-02T02:00:00.000Z' }, reason: other }).refuses('merge.into-later');
    given(filed()).when('dispatcher', { type: 'MergeIncident', into: { ...earlier, stage: 'voided' }, reason: other }).refuses('merge.master-ended');
    given(filed()).when('dispatcher', { type: 'MergeIncident', into: { ...earlier, incidentId: 'i-1' }, reason: other }).refuses('merge.into-itself');
    given(filed()).when('dispatcher', { type: 'MergeIncident', into: { ...earlier, reportedAt: '2026-02-01T00:00:00.000Z' }, reason: other }).refuses('merge.too-far-apart');
    given(handled()).when('dispatcher', { type: 'MergeIncident', into: earlier, reason: other }).refuses('merge.already-handled');
  });

  it('keeps the callback of the reporter of a merged incident', () => {
    const merged = filed().does('dispatcher', { type: 'MergeIncident', into: { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' }, reason: other });
    given(merged).when('dispatcher', { type: 'RecordVisit', reached: true }).records('Visited');
    given(merged).when('dispatcher', { type: 'AcceptIncident' }).refuses('incident.wrong-stage');
  });
});

describe('rule 9: who, on whose behalf, claimed and recorded: clocks run on recorded time', () => {
  it('starts every clock at the moment of recording', () => {
    const report = reported().told[0]?.event;
    expect(report?.type === 'IncidentReported' && report.data.clocks.map((change) => change.change === 'start' && change.startedAt)).toEqual([toIso(reported().now), toIso(reported().now)]);
  });

  it('knows no command that carries a time at which something happened', () => {
    const [event] = given(acknowledged()).when('roads', { type: 'RecordArrival', occurredAt: '2020-01-01T00:00:00.000Z' } as never).records('Arrived');
    expect(JSON.stringify(event)).not.toContain('2020');
  });
});

describe('rule 10: asking the same thing twice records nothing and succeeds', () => {
  it('ignores what already holds', () => {
    given(reported()).when('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1' }).ignores();
    given(accepted()).when('dispatcher', { type: 'AcceptIncident' }).ignores();
    given(filed()).when('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).ignores();
    given(dispatched()).when('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).ignores();
    given(acknowledged()).when('roads', { type: 'AcknowledgeDispatch' }).ignores();
    given(handled()).when('roads', { type: 'RecordHandling' }).ignores();
    given(inspected()).when('gridWorkerB', { type: 'PassInspection' }).ignores();
    given(closed()).when('dispatcher', { type: 'CloseIncident' }).ignores();
  });
});

describe('what a person may do is asked of the very rules that decide', () => {
  it('offers the dispatcher to dispatch and gives everything else its reason', () => {
    const history = filed();
    const answers = allowedActions(history.state, history.context(people.dispatcher), history.world);
    expect(answers.filter(({ allowed }) => allowed).map(({ command }) => command).sort()).toEqual(
      ['BlowWhistle', 'DeclareBeyondAbility', 'DelegateIncident', 'DispatchIncident', 'MergeIncident', 'RequestForceClose', 'RequestVoid', 'UrgeIncident'].sort(),
    );
    expect(answers.filter(({ allowed }) => !allowed).every(({ code, message }) => Boolean(code && message))).toBe(true);
  });

  it('never offers what only the engine does', () => {
    expect(cityOf(smallReference).unit('S1-roads')?.line).toBe('roads');
    const history = closed();
    expect(allowedActions(history.state, history.context(people.dispatcher), history.world).map(({ command }) => command)).not.toContain('OpenRectification');
  });
});
