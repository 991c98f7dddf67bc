import { describe, expect, it } from '@jest/globals';
import type { IncidentEventType } from '#events';
import { hour, Refusal, toIso } from '#kernel';
import { accepted, acknowledged, closed, dispatched, filed, given, handled, inspected, monday9, nothing, reported } from '#scenario';
import type { Asked, History, PersonName } from '#scenario';
import type { SentCommandType } from './decide.js';

const reason = { code: 'other' };
const photo = { sha256: 'a'.repeat(64), bytes: 9 };

/** Who asks what of which past; and what becomes of it. */
interface Row<Type extends SentCommandType> {
  readonly past: () => History;
  readonly who: PersonName;
  readonly asked: Extract<Asked, { type: Type }>;
  readonly records: readonly IncidentEventType[];
  readonly refuses: readonly [past: () => History, who: PersonName, code: string];
  /** The same again: silence, a code of refusal, or `counts` where every time counts. */
  readonly again: 'ignored' | 'counts' | `${string}.${string}`;
}

const earlier = { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' };
const returned = (): History => dispatched().does('roads', { type: 'ReturnDispatch', reason });
const arbitrating = (): History => [1, 2].reduce((history) => history.does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads' }).does('roads', { type: 'ReturnDispatch', reason }), returned());
const visited = (): History => closed().does('hotline', { type: 'RecordVisit', reached: true });
const dissatisfied = (): History => visited().does('hotline', { type: 'RecordSatisfaction', grade: 'dissatisfied' });
const voiding = (): History => filed().does('dispatcher', { type: 'RequestVoid', reason });
const forcing = (): History => acknowledged().does('dispatcher', { type: 'RequestForceClose', reason });
const until = toIso(monday9 + 48 * hour);
const suspending = (): History => acknowledged().does('roads', { type: 'RequestSuspension', until, reason });
const suspended = (): History => suspending().does('dispatcher', { type: 'GrantSuspension' });
const extending = (): History => acknowledged().does('roads', { type: 'RequestExtension', addedMinutes: 60, reason });
const supervised = (): History => acknowledged().does('district', { type: 'IssueSupervision', supervisionId: 's-1', reason });
const whistled = (): History => acknowledged().does('dispatcher', { type: 'BlowWhistle', whistleId: 'w-1', units: ['S1-order'], reason });
const lateHandle = (): History => acknowledged().later(30 * hour).passTime();
const lateClock = [...lateHandle().open.clocks.values()].find(({ clock, breached }) => clock === 'handle' && breached)?.clockId ?? '';
const suing = (): History => lateHandle().does('roads', { type: 'RequestExemption', clockId: lateClock, reason });

const table: { readonly [Type in SentCommandType]: Row<Type> } = {
  ReportIncident: {
    past: nothing, who: 'hotline', asked: { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1' }, records: ['IncidentReported'],
    refuses: [() => reported({ externalId: 'H-2' }), 'hotline', 'incident.number-taken'], again: 'ignored',
  },
  ReportHandledOnTheSpot: {
    past: nothing, who: 'gridWorkerA', asked: { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [photo] },
    records: ['IncidentReported', 'Accepted', 'Filed', 'Handled', 'Closed', 'SampleDrawn'], refuses: [nothing, 'dispatcher', 'actor.not-a-grid-worker'], again: 'ignored',
  },
  VerifyIncident: { past: reported, who: 'gridWorkerA', asked: { type: 'VerifyIncident', outcome: 'true' }, records: ['Verified'], refuses: [reported, 'roads', 'actor.not-a-centre'], again: 'ignored' },
  AcceptIncident: { past: reported, who: 'dispatcher', asked: { type: 'AcceptIncident' }, records: ['Accepted'], refuses: [reported, 'otherStreet', 'actor.not-a-centre'], again: 'ignored' },
  DeclineIncident: { past: accepted, who: 'dispatcher', asked: { type: 'DeclineIncident', reason }, records: ['Declined'], refuses: [filed, 'dispatcher', 'incident.wrong-stage'], again: 'ignored' },
  FileIncident: { past: accepted, who: 'dispatcher', asked: { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }, records: ['Filed'], refuses: [reported, 'dispatcher', 'incident.wrong-stage'], again: 'ignored' },
  DispatchIncident: { past: filed, who: 'dispatcher', asked: { type: 'DispatchIncident', unit: 'S1-roads' }, records: ['Dispatched'], refuses: [filed, 'district', 'actor.not-the-centre'], again: 'ignored' },
  AcknowledgeDispatch: { past: dispatched, who: 'roads', asked: { type: 'AcknowledgeDispatch' }, records: ['DispatchAcknowledged'], refuses: [dispatched, 'order', 'actor.not-accountable'], again: 'ignored' },
  ReturnDispatch: { past: dispatched, who: 'roads', asked: { type: 'ReturnDispatch', reason }, records: ['DispatchReturned'], refuses: [handled, 'roads', 'incident.wrong-stage'], again: 'ignored' },
  ArbitrateReturn: { past: arbitrating, who: 'district', asked: { type: 'ArbitrateReturn', unit: 'S1-roads', reason }, records: ['Arbitrated', 'Dispatched'], refuses: [arbitrating, 'dispatcher', 'actor.not-the-arbiter'], again: 'incident.wrong-stage' },
  RecordFirstContact: { past: dispatched, who: 'roads', asked: { type: 'RecordFirstContact' }, records: ['FirstContactMade'], refuses: [dispatched, 'order', 'actor.not-on-the-job'], again: 'ignored' },
  RecordArrival: { past: acknowledged, who: 'roads', asked: { type: 'RecordArrival' }, records: ['Arrived'], refuses: [filed, 'roads', 'incident.wrong-stage'], again: 'ignored' },
  RecordHandling: { past: acknowledged, who: 'roads', asked: { type: 'RecordHandling' }, records: ['Handled'], refuses: [dispatched, 'roads', 'dispatch.not-acknowledged'], again: 'ignored' },
  PassInspection: { past: handled, who: 'gridWorkerB', asked: { type: 'PassInspection' }, records: ['InspectionPassed'], refuses: [handled, 'roads', 'duty.not-independent'], again: 'ignored' },
  FailInspection: { past: handled, who: 'gridWorkerB', asked: { type: 'FailInspection', reason }, records: ['InspectionFailed', 'ReworkOrdered'], refuses: [handled, 'engine', 'duty.not-independent'], again: 'incident.wrong-stage' },
  CloseIncident: { past: inspected, who: 'dispatcher', asked: { type: 'CloseIncident' }, records: ['Closed'], refuses: [inspected, 'gridWorkerB', 'actor.not-the-centre'], again: 'ignored' },
  RequestForceClose: { past: acknowledged, who: 'roads', asked: { type: 'RequestForceClose', reason }, records: ['ForceCloseRequested'], refuses: [acknowledged, 'order', 'actor.not-the-centre'], again: 'ignored' },
  ForceCloseIncident: { past: forcing, who: 'district', asked: { type: 'ForceCloseIncident' }, records: ['ForceClosed'], refuses: [forcing, 'dispatcher', 'duty.own-request'], again: 'ignored' },
  RecordVisit: { past: closed, who: 'hotline', asked: { type: 'RecordVisit', reached: true }, records: ['Visited'], refuses: [closed, 'roads', 'duty.not-independent'], again: 'ignored' },
  RecordSatisfaction: { past: visited, who: 'hotline', asked: { type: 'RecordSatisfaction', grade: 'neutral' }, records: ['SatisfactionRecorded'], refuses: [closed, 'hotline', 'satisfaction.not-visited'], again: 'ignored' },
  OpenRectification: {
    past: () => visited().with([{ type: 'SatisfactionRecorded', data: { incidentId: 'i-1', round: 1, grade: 'dissatisfied' } }], { id: 'h', role: 'channel', unit: 'hotline' }),
    who: 'engine', asked: { type: 'OpenRectification' }, records: ['RectificationOpened'], refuses: [visited, 'engine', 'rectification.no-bad-rating'], again: 'ignored',
  },
  CompleteRectification: { past: dissatisfied, who: 'roads', asked: { type: 'CompleteRectification' }, records: ['RectificationCompleted'], refuses: [dissatisfied, 'order', 'rectification.not-yours'], again: 'ignored' },
  ReopenIncident: { past: closed, who: 'dispatcher', asked: { type: 'ReopenIncident', reason }, records: ['Reopened'], refuses: [closed, 'roads', 'actor.not-a-centre'], again: 'ignored' },
  MergeIncident: { past: filed, who: 'dispatcher', asked: { type: 'MergeIncident', into: earlier, reason }, records: ['Merged'], refuses: [inspected, 'dispatcher', 'merge.already-handled'], again: 'ignored' },
  LinkDuplicate: { past: filed, who: 'engine', asked: { type: 'LinkDuplicate', duplicate: 'i-9' }, records: ['DuplicateLinked'], refuses: [filed, 'dispatcher', 'actor.engine-only'], again: 'ignored' },
  RequestVoid: { past: filed, who: 'dispatcher', asked: { type: 'RequestVoid', reason }, records: ['VoidRequested'], refuses: [filed, 'roads', 'actor.not-a-centre'], again: 'ignored' },
  VoidIncident: { past: voiding, who: 'dispatcher2', asked: { type: 'VoidIncident' }, records: ['Voided'], refuses: [voiding, 'dispatcher', 'duty.own-request'], again: 'ignored' },
  RequestSuspension: { past: acknowledged, who: 'roads', asked: { type: 'RequestSuspension', until, reason }, records: ['SuspensionRequested'], refuses: [acknowledged, 'dispatcher', 'actor.not-accountable'], again: 'ignored' },
  GrantSuspension: { past: suspending, who: 'dispatcher', asked: { type: 'GrantSuspension' }, records: ['Suspended'], refuses: [acknowledged, 'dispatcher', 'approval.nothing-asked'], again: 'approval.nothing-asked' },
  DenySuspension: { past: suspending, who: 'dispatcher', asked: { type: 'DenySuspension', reason }, records: ['SuspensionDenied'], refuses: [suspending, 'roads', 'duty.own-request'], again: 'approval.nothing-asked' },
  ResumeIncident: { past: suspended, who: 'roads', asked: { type: 'ResumeIncident' }, records: ['Resumed'], refuses: [acknowledged, 'roads', 'suspension.none'], again: 'ignored' },
  RequestExtension: { past: acknowledged, who: 'roads', asked: { type: 'RequestExtension', addedMinutes: 60, reason }, records: ['ExtensionRequested'], refuses: [suspended, 'roads', 'incident.suspended'], again: 'ignored' },
  GrantExtension: { past: extending, who: 'dispatcher', asked: { type: 'GrantExtension' }, records: ['Extended'], refuses: [extending, 'roads', 'duty.own-request'], again: 'approval.nothing-asked' },
  DenyExtension: { past: extending, who: 'dispatcher', asked: { type: 'DenyExtension', reason }, records: ['ExtensionDenied'], refuses: [extending, 'district', 'actor.not-the-centre'], again: 'approval.nothing-asked' },
  UrgeIncident: { past: dispatched, who: 'dispatcher', asked: { type: 'UrgeIncident' }, records: ['Urged'], refuses: [dispatched, 'order', 'actor.not-the-centre'], again: 'counts' },
  IssueSupervision: { past: acknowledged, who: 'district', asked: { type: 'IssueSupervision', supervisionId: 's-1', reason }, records: ['SupervisionIssued'], refuses: [acknowledged, 'dispatcher', 'actor.not-above'], again: 'ignored' },
  AnswerSupervision: { past: supervised, who: 'roads', asked: { type: 'AnswerSupervision', supervisionId: 's-1' }, records: ['SupervisionAnswered'], refuses: [supervised, 'order', 'supervision.not-yours'], again: 'ignored' },
  DeclareBeyondAbility: { past: acknowledged, who: 'roads', asked: { type: 'DeclareBeyondAbility', reason }, records: ['DeclaredBeyondAbility'], refuses: [handled, 'roads', 'climb.already-handled'], again: 'actor.not-the-centre' },
  EscalateIncident: { past: acknowledged, who: 'district', asked: { type: 'EscalateIncident', from: 'street', to: 'district', trigger: 'supervision', reason }, records: ['Escalated'], refuses: [acknowledged, 'dispatcher', 'actor.not-above'], again: 'ignored' },
  DelegateIncident: { past: filed, who: 'dispatcher', asked: { type: 'DelegateIncident', to: 'grid', reason }, records: ['Delegated'], refuses: [dispatched, 'dispatcher', 'delegate.dispatched'], again: 'ignored' },
  BlowWhistle: { past: acknowledged, who: 'dispatcher', asked: { type: 'BlowWhistle', whistleId: 'w-1', units: ['S1-order'], reason }, records: ['Whistled'], refuses: [acknowledged, 'gridWorkerA', 'actor.not-a-centre'], again: 'ignored' },
  ReportIn: { past: whistled, who: 'order', asked: { type: 'ReportIn', whistleId: 'w-1' }, records: ['ReportedIn'], refuses: [whistled, 'sanitation', 'whistle.not-summoned'], again: 'ignored' },
  EndWhistle: { past: whistled, who: 'dispatcher2', asked: { type: 'EndWhistle', whistleId: 'w-1' }, records: ['WhistleEnded'], refuses: [whistled, 'district', 'whistle.not-yours'], again: 'ignored' },
  RequestExemption: { past: lateHandle, who: 'roads', asked: { type: 'RequestExemption', clockId: lateClock, reason }, records: ['ExemptionRequested'], refuses: [lateHandle, 'order', 'exemption.not-late'], again: 'ignored' },
  GrantExemption: { past: suing, who: 'city', asked: { type: 'GrantExemption', clockId: lateClock, reason }, records: ['ExemptionGranted'], refuses: [suing, 'dispatcher', 'actor.not-above'], again: 'ignored' },
  DenyExemption: { past: suing, who: 'city', asked: { type: 'DenyExemption', clockId: lateClock, reason }, records: ['ExemptionDenied'], refuses: [lateHandle, 'city', 'approval.nothing-asked'], again: 'ignored' },
};

describe('every command records once, refuses whoever may not, and says nothing twice', () => {
  for (const { past, who, asked, records, refuses, again } of Object.values(table) as readonly Row<SentCommandType>[]) {
    describe(asked.type, () => {
      it(`records ${records.join(', ')}`, () => void given(past()).when(who, asked).records(...records));

      it(`refuses with ${refuses[2]}`, () => given(refuses[0]()).when(refuses[1], asked).refuses(refuses[2]));

      it(again === 'counts' ? 'counts every time' : again === 'ignored' ? 'is silent the second time' : `has nothing left to do the second time: ${again}`, () => {
        const second = given(past().does(who, asked)).when(who, asked);
        if (again === 'ignored') second.ignores();
        else if (again === 'counts') second.records(...records);
        else second.refuses(again);
      });

      it('is refused for an incident that nobody has reported, unless it is the report', () => {
        const first = asked.type === 'ReportIncident' || asked.type === 'ReportHandledOnTheSpot';
        if (first) expect(nothing().does(who, asked).state.stage).not.toBe('unknown');
        else given(nothing()).when(who, asked).refuses('incident.unknown');
      });
    });
  }

  it('refuses in a sentence that a person understands, and in no other way', () => {
    const refusals = Object.values(table).map(({ asked, refuses: [past, who] }) => {
      try {
        past().decide(who, asked);
      } catch (refusal) {
        return refusal;
      }
      return null;
    });
    expect(refusals.filter((refusal) => !(refusal instanceof Refusal && refusal.message.length > 20 && /[.]$/.test(refusal.message) && /^[a-z]+\.[a-z-]+$/.test(refusal.code)))).toEqual([]);
  });
});
