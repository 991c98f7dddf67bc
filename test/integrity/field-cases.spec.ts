import { createHash } from 'node:crypto';
import { describe } from '@jest/globals';
import { day, hour, minute, toIso } from '#kernel';
import { definitionOf, figureOf, frozenFigure, frozenText, metricNamed } from '#metrics';
import type { Metric } from '#metrics';
import { libraryOf } from '#reference';
import { accepted, acknowledged, asRecorded, closed, dispatched, filed, handled, nothing, reported, smallReference } from '#scenario';
import type { History } from '#scenario';
import { clockOf, dispatchedTo, handledAndClosed, lateOnes, onTheSpot, other, reopened, returned, stillAcknowledged } from './histories.js';
import { cheat, ledgersOf } from './story.js';

const rated = (grade: 'satisfied' | 'dissatisfied'): History => closed().does('hotline', { type: 'RecordVisit', reached: true }).does('hotline', { type: 'RecordSatisfaction', grade });
const asksToSuspend = (history: History): History => history.does('roads', { type: 'RequestSuspension', until: toIso(history.now + 2 * day), reason: other });
const asksForTime = (history: History): History => history.does('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other });
const earlier = { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' };

/** H1 to H14: what goes wrong in the field of grid administration and hotlines in China. */
describe('cheats of the field', () => {
  cheat('H1', '买通核查员', 'a street pays the inspectors month by month', (page) => {
    page.refused('the unit that handled it sends its own inspector', handled(), 'roads', { type: 'PassInspection' }, 'duty.not-independent');
    page.refused('the engine is made to pass it', handled(), 'engine', { type: 'PassInspection' }, 'duty.not-independent');
    const passes = ledgersOf([closed(), closed(), handled().does('dispatcher', { type: 'FailInspection', reason: other })]).flatMap(({ inspections }) => inspections);
    page.record('every inspection names the inspector and whose work it was', passes.map(({ inspector, unit, handlingUnit, passed }) => [inspector, unit, handlingUnit, passed]), [
      ['li', 'S1B-station', 'S1-roads', true], ['li', 'S1B-station', 'S1-roads', true], ['zhao', 'S1-centre', 'S1-roads', false],
    ]);
    page.record('a share of what nobody inspected is drawn by chance and not by choice', onTheSpot(0.05).types.at(-1), 'SampleDrawn');
  });

  cheat('H2', '串通摆拍', 'handler and inspector arrange the picture together', (page) => {
    const own = onTheSpot(0.01);
    page.refused('the finder passes the draw', own, 'gridWorkerA', { type: 'PassInspection' }, 'duty.not-independent');
    page.refused('a colleague of the finder passes the draw', own, 'gridWorkerA2', { type: 'PassInspection' }, 'duty.not-independent');
    page.minutes('inspectDuration', [closed(), closed(), handledAndClosed(acknowledged())], 0);
    page.record('an inspection without a minute between is there for everybody to ask about', ledgersOf([closed()])[0]?.inspections.map(({ at }) => at - closed().now), [0]);
  });

  cheat('H3', '虚假办结与虚假回复', 'it is reported as done and the reporter is told so', (page) => {
    const bad = rated('dissatisfied');
    page.record('a bad rating opens a rectification by itself', bad.types.at(-1), 'RectificationOpened');
    page.refused('the rating is talked up afterwards', bad, 'hotline', { type: 'RecordSatisfaction', grade: 'satisfied' }, 'satisfaction.already-given');
    page.refused('the handling unit asks the reporter itself', closed(), 'roads', { type: 'RecordVisit', reached: true }, 'duty.not-independent');
    page.refused('a rating is entered though nobody was asked', closed(), 'hotline', { type: 'RecordSatisfaction', grade: 'satisfied' }, 'satisfaction.not-visited');
    page.byUnit('satisfactionRate', [bad, rated('satisfied')], { 'S1-roads': '1 of 2' });
    page.figure('reopeningRate', [reopened()], '1 of 1');
  });

  cheat('H4', '写死的指标', 'the rate of the report is always 100 %, overdue always 0', (page) => {
    const late = stillAcknowledged().later(40 * day).passTime();
    for (let bad = 0; bad <= 4; bad += 1) {
      page.figure('onTimeClosureRate', [...Array.from({ length: 4 - bad }, closed), ...Array.from({ length: bad }, () => late)], `${4 - bad} of 4`);
    }
    const [entry] = (metricNamed('onTimeClosureRate') as Metric).entriesOf(ledgersOf([late])[0] as never, late.now);
    const types = asRecorded(late).map(({ type }) => type);
    page.record('the facts behind the figure can be looked up', entry?.positions.map((position) => types[position - 1]), ['IncidentReported', 'DeadlineBreached']);
  });

  cheat('H5', '退单扯皮', 'departments return everything and point at each other', (page) => {
    const [b, a] = [dispatchedTo('S1-order', returned(dispatched())).does('order', { type: 'ReturnDispatch', reason: other }), 'S1-roads'];
    const third = returned(dispatchedTo(a, b));
    page.record('past the cap the centre one level up has to rule', third.types.at(-1), 'ArbitrationOpened');
    page.refused('the street dispatches past the ruling', third, 'dispatcher', { type: 'DispatchIncident', unit: 'S1-order' }, 'incident.wrong-stage');
    page.record('the time of the reporter goes on while they dispute', clockOf(third, 'citizen').status, 'running');
    page.figure('pingPongDepth', [third], '1 of 1');
    page.figure('firstDispatchAccuracyRate', [dispatchedTo(a, b).does('roads', { type: 'AcknowledgeDispatch' }).does('roads', { type: 'RecordHandling' })], '0 of 1');
  });

  cheat('H6', '滥用挂账与延期', 'what cannot be done in time is suspended or extended', (page) => {
    page.refused('the unit suspends itself', asksToSuspend(acknowledged()), 'roads', { type: 'GrantSuspension' }, 'duty.own-request');
    const resumed = asksToSuspend(acknowledged()).does('dispatcher', { type: 'GrantSuspension' }).later(hour).does('roads', { type: 'ResumeIncident' });
    page.refused('it is suspended a second time', resumed, 'roads', { type: 'RequestSuspension', until: toIso(resumed.now + hour), reason: other }, 'suspension.cap');
    const late = stillAcknowledged().later(9 * hour);
    page.refused('more time is asked for when it is late', late, 'roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }, 'clock.too-late');
    const twice = [0, 1].reduce((history) => asksForTime(history).does('dispatcher', { type: 'GrantExtension' }), acknowledged());
    page.refused('a third extension', twice, 'roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }, 'extension.cap');
    page.record('the reporter\'s clock stands still for nobody', clockOf(resumed, 'citizen').dueAt, clockOf(reported(), 'citizen').dueAt);
    page.figure('suspensionRate', [resumed, closed()], '1 of 2');
    page.figure('extensionRate', [twice, closed()], '1 of 2');
    page.minutes('handleDuration', [resumed.does('roads', { type: 'RecordHandling' })], 60);
  });

  cheat('H7', '以作废消灭坏件', 'bad incidents are voided and leave all statistics', (page) => {
    const asked = handled().does('dispatcher', { type: 'RequestVoid', reason: { code: 'filed-in-error' } });
    page.refused('one person voids alone', asked, 'dispatcher', { type: 'VoidIncident' }, 'duty.own-request');
    page.refused('nobody asked', handled(), 'dispatcher2', { type: 'VoidIncident' }, 'approval.nothing-asked');
    const gone = asked.does('dispatcher2', { type: 'VoidIncident' });
    page.fact('it is a fact with two names, and there is no delete', gone, { applicant: 'zhao', approver: 'qian' });
    page.figure('voidRate', [gone, closed()], '1 of 2');
    page.figure('closureRate', [gone, closed()], '1 of 2');
    const late = stillAcknowledged().later(40 * day).does('dispatcher', { type: 'RequestVoid', reason: other }).does('dispatcher2', { type: 'VoidIncident' });
    page.figure('onTimeHandlingRate', [late], '0 of 1');
  });

  cheat('H8', '事后改标签', 'class, department or time of first contact are changed afterwards', (page) => {
    page.refused('another class with more time', filed('C-01-01.1'), 'dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }, 'incident.wrong-stage');
    const climbed = acknowledged().later(8 * hour).passTime().does('district', { type: 'DispatchIncident', unit: 'YP-roads' }).does('districtRoads', { type: 'AcknowledgeDispatch' }).does('districtRoads', { type: 'RecordHandling' });
    page.byUnit('onTimeHandlingRate', [climbed], { 'S1-roads': '0 of 1', 'YP-roads': '1 of 1' });
    const contacted = acknowledged().does('roads', { type: 'RecordFirstContact' });
    page.ignored('the first contact is entered again with a better time', contacted.later(hour), 'roads', { type: 'RecordFirstContact' });
    page.figure('firstContactRate', [contacted], '1 of 1');
  });

  cheat('H9', '泄露举报人', 'the accused learn who reported them', (page) => {
    const sealed = { keyId: 'k-1', sealed: 'bm90aGluZw' };
    const told = nothing().does('hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1', reporter: sealed, description: sealed }).does('dispatcher', { type: 'AcceptIncident' });
    page.record('the fact holds only what is sealed', JSON.stringify(told.told[0]?.event.data).includes(JSON.stringify(sealed)), true);
    page.record('the ledgers and the figures hold nothing of it', JSON.stringify(ledgersOf([told])).includes('sealed'), false);
  });

  cheat('H10', '重复件', 'the same matter is counted many times, or the second caller is forgotten', (page) => {
    const merged = filed().does('dispatcher', { type: 'MergeIncident', into: earlier, reason: other });
    page.figure('closureRate', [merged, closed()], '1 of 1');
    page.record('the second caller is still to be called back', merged.does('hotline', { type: 'RecordVisit', reached: true }).types.at(-1), 'Visited');
    page.figure('repeatComplaintRate', [closed().does('engine', { type: 'LinkDuplicate', duplicate: 'i-2' }), closed()], '1 of 2');
    page.refused('a merger with one that has ended', filed(), 'dispatcher', { type: 'MergeIncident', into: { ...earlier, stage: 'voided' }, reason: other }, 'merge.master-ended');
  });

  cheat('H11', '多头派单', 'several departments are accountable, so nobody is', (page) => {
    page.refused('a second unit is dispatched to', dispatched(), 'dispatcher', { type: 'DispatchIncident', unit: 'S1-order' }, 'incident.wrong-stage');
    page.refused('the accountable unit assists as well', filed(), 'dispatcher', { type: 'DispatchIncident', unit: 'S1-roads', assisting: ['S1-roads'] }, 'dispatch.one-accountable-unit');
    const helped = filed().does('dispatcher', { type: 'DispatchIncident', unit: 'S1-roads', assisting: ['S1-order'] });
    page.refused('the assisting unit takes it on', helped, 'order', { type: 'AcknowledgeDispatch' }, 'actor.not-accountable');
    page.byUnit('onTimeHandlingRate', [helped.does('roads', { type: 'AcknowledgeDispatch' }).does('roads', { type: 'RecordHandling' })], { 'S1-roads': '1 of 1' });
  });

  cheat('H12', '迟报倒填', 'the first report comes late and is dated back', (page) => {
    const claimed = asRecorded(reported()).map((fact) => ({ ...fact, claimedAt: toIso(reported().now - 5 * hour) }));
    page.record('the claim stands there, the clock starts at the receipt', [claimed[0]?.claimedAt, toIso(clockOf(reported(), 'accept').startedAt)], ['2026-03-01T20:00:00.000Z', toIso(reported().now)]);
    page.record('nobody can send an incident a moment of their own', JSON.stringify(reported({ reportedAt: '2020-01-01T00:00:00.000Z' } as never).told[0]?.event).includes('2020'), false);
    page.figure('acceptanceOnTimeRate', [reported().later(16 * minute).does('dispatcher', { type: 'AcceptIncident' })], '0 of 1');
  });

  cheat('H13', '不合理诉求', 'absurd demands weigh on the base, or are used as a pretext to drop real ones', (page) => {
    const untrue = accepted().does('gridWorkerA', { type: 'VerifyIncident', outcome: 'untrue' });
    page.refused('what was found untrue is filed all the same', untrue, 'dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }, 'incident.verified-untrue');
    const declined = untrue.does('dispatcher', { type: 'DeclineIncident', reason: { code: 'verified-untrue' } });
    page.figure('closureRate', [declined, closed()], '1 of 1', { at: closed().now + 60 * day });
    page.fact('it weighs on nobody, and who declined it why stays to be seen', declined, { unit: 'S1-centre', reason: { code: 'verified-untrue' } });
    const tooLate = reported().later(60 * day).does('dispatcher', { type: 'DeclineIncident', reason: other });
    page.figure('closureRate', [tooLate], '0 of 1');
  });

  cheat('H14', '事后改规则', 'rules and formulas are changed until the past is good', (page) => {
    const generous = libraryOf([smallReference, { ...smallReference, version: 'small-2', policy: { ...smallReference.policy, version: 'policy-2', citizenLimit: { amount: 900, unit: 'working-day' } } }]);
    const late = stillAcknowledged().later(9 * hour).passTime();
    page.record('a new policy re-prices no old incident', [lateOnes(late.withLibrary(generous).passTime()), clockOf(late.withLibrary(generous), 'citizen').dueAt], [lateOnes(late), clockOf(late, 'citizen').dueAt]);
    const clockId = clockOf(late, 'handle').clockId;
    const exempted = late.does('roads', { type: 'RequestExemption', clockId, reason: other }).does('city', { type: 'GrantExemption', clockId, reason: other });
    page.figure('onTimeHandlingRate', [exempted], '0 of 1');
    page.accountable('onTimeHandlingRate', [exempted], '0 of 0');
    page.ignored('what was granted is asked for once more', exempted, 'roads', { type: 'RequestExemption', clockId, reason: other });
    const metric = metricNamed('onTimeHandlingRate') as Metric;
    const question = { from: null, before: null, at: late.now, by: null, filter: {}, position: 1, places: null };
    const hashOf = (each: Metric): string =>
      createHash('sha256').update(frozenText({ question, definitions: [definitionOf(each)], figures: [frozenFigure(each, figureOf(each, ledgersOf([late]), question))] })).digest('hex');
    page.record('a frozen figure is bound to its formula', hashOf(metric) === hashOf({ ...metric, formula: '按期处置数 ÷ 处置数' }), false);
    page.record('and comes out the same as long as that stays', hashOf(metric), hashOf({ ...metric }));
  });
});
