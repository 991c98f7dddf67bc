import { describe } from '@jest/globals';
import { day, hour, minute, toIso } from '#kernel';
import { libraryOf } from '#reference';
import { accepted, acknowledged, asRecorded, closed, dispatched, filed, handled, inspected, nothing, reported, smallReference } from '#scenario';
import type { History } from '#scenario';
import { ledgerOf } from '#metrics';
import { clockOf, dispatchedTo, handledAndClosed, lateOnes, onTheSpot, other, reopened, returned, stillAcknowledged } from './histories.js';
import { cheat, ledgersOf } from './story.js';

const earlier = { incidentId: 'i-0', stage: 'filed', reportedAt: '2026-03-02T00:30:00.000Z' };

/** G1 to G16: ways of cheating that inquiries, courts, the press or the code of other systems have shown. */
describe('cheats that became public', () => {
  cheat('G1', '不签收就不计时', 'the clock waits until the department signs, and the order bounces between departments', (page) => {
    const waiting = dispatched().later(40 * minute).passTime();
    page.record('the clock of taking it on runs from the dispatch', clockOf(dispatched(), 'acknowledge').startedAt, dispatched().now);
    page.record('who has not signed is late by name', lateOnes(waiting), ['acknowledge S1-roads']);
    page.record('and the incident climbs without it', waiting.types.at(-1), 'Escalated');
    page.figure('acknowledgementOnTimeRate', [waiting], '0 of 1');
    const bounced = returned(dispatchedTo('S1-roads', returned(dispatchedTo('S1-roads', returned(dispatched())))));
    page.record('the third return is for the centre above to rule on', bounced.types.slice(-2), ['DispatchReturned', 'ArbitrationOpened']);
    const ruled = bounced.does('district', { type: 'ArbitrateReturn', unit: 'S1-roads', reason: other });
    page.refused('the unit that was ruled on returns it once more', ruled, 'roads', { type: 'ReturnDispatch', reason: other }, 'return.after-arbitration');
    page.figure('pingPongDepth', [ruled], '3 of 1');
    page.byUnit('returnRate', [ruled], { 'S1-roads': '1 of 1' });
  });

  cheat('G2', '推迟起算', 'the clock is started some time after the call, or only after the arrival', (page) => {
    page.record('every clock of a report starts at its receipt', clockOf(reported(), 'accept').startedAt, reported().now);
    const late = reported().later(20 * minute).does('dispatcher', { type: 'AcceptIncident' });
    page.record('taking it up late does not move the start', clockOf(late, 'citizen').startedAt, reported().now);
    page.figure('acceptanceOnTimeRate', [late], '0 of 1');
    page.minutes('wholeDuration', [closed()], 0);
  });

  cheat('G3', '事后降级', 'a serious incident is made a slight one afterwards, so that it leaves the class with the target', (page) => {
    const serious = accepted().does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.1', grade: 'larger' });
    page.refused('the grade is lowered', serious, 'dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.1', grade: 'general' }, 'incident.wrong-stage');
    page.refused('the class is changed for one with more time', filed('C-01-01.1'), 'dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }, 'incident.wrong-stage');
    page.figure('closureRate', [closed()], '1 of 1', { filter: { subclass: 'C-01-01' } });
    page.fact('class and version stand in the fact of filing', filed(), { ruleId: 'C-01-01.2', subclassCode: 'C-01-01', grade: 'general', catalogueVersion: 'catalogue-1' });
  });

  cheat('G4', '另立新单', 'a new order is opened to shed the waiting time of the old one', (page) => {
    page.refused('the old one is merged into the new one', filed(), 'dispatcher', { type: 'MergeIncident', into: { ...earlier, reportedAt: '2026-03-02T05:00:00.000Z' }, reason: other }, 'merge.into-later');
    const climbed = filed().does('city', { type: 'EscalateIncident', from: 'street', to: 'city', trigger: 'supervision', reason: other });
    page.record('a climb leaves the reporter\'s clock as it was', clockOf(climbed, 'citizen').startedAt, reported().now);
    page.record('so does a reopening', clockOf(reopened(), 'citizen').dueAt, clockOf(reported(), 'citizen').dueAt);
    page.ignored('the same report is sent again to start anew', closed(), 'hotline', { type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1' });
    page.figure('repeatComplaintRate', [filed().does('engine', { type: 'LinkDuplicate', duplicate: 'i-2' })], '1 of 1');
  });

  cheat('G5', '改到场时间', 'a supervisor types a better time of arrival', (page) => {
    const late = stillAcknowledged().later(3 * hour).does('roads', { type: 'RecordArrival', occurredAt: '2026-03-02T01:05:00.000Z' } as never);
    page.record('no command carries a time at which something happened', JSON.stringify(late.told.at(-1)?.event).includes('01:05'), false);
    page.ignored('the arrival is recorded a second time', late, 'roads', { type: 'RecordArrival' });
    page.figure('arrivalOnTimeRate', [late], '0 of 1');
    const claimed = asRecorded(late).map((fact) => ({ ...fact, claimedAt: '2026-03-02T01:05:00.000Z' }));
    page.record('a claimed time stands beside the recorded one and changes no figure', ledgerOf(claimed), ledgersOf([late])[0]);
  });

  cheat('G6', '刷简单件', 'easy orders are made up to thin out the bad ones', (page) => {
    const bad = stillAcknowledged().later(40 * day).passTime();
    const easy = Array.from({ length: 30 }, () => onTheSpot());
    for (const name of ['closureRate', 'onTimeClosureRate', 'onTimeHandlingRate']) page.figure(name, [bad, ...easy], '0 of 1');
    page.byUnit('selfHandledRate', [...easy], { 'S1A-station': '30 of 30' });
    page.figure('sampleDrawRate', [...easy, onTheSpot(0.01)], '1 of 31');
    page.figure('samplePassRate', [onTheSpot(0.01).does('dispatcher', { type: 'FailInspection', reason: other })], '0 of 1');
  });

  cheat('G7', '未办先结', 'it is closed before it is done, and "closed" means several things', (page) => {
    page.refused('closed without an inspection', handled(), 'dispatcher', { type: 'CloseIncident' }, 'incident.wrong-stage');
    page.refused('closed before it was handled', acknowledged(), 'dispatcher', { type: 'CloseIncident' }, 'incident.wrong-stage');
    const asked = acknowledged().does('dispatcher', { type: 'RequestForceClose', reason: other });
    page.refused('whoever asked for a forced closing grants it', asked, 'dispatcher', { type: 'ForceCloseIncident' }, 'duty.own-request');
    const forced = asked.does('district', { type: 'ForceCloseIncident' });
    page.figure('closureRate', [forced, closed()], '1 of 2');
    page.figure('loopContainmentRate', [forced, closed()], '1 of 1');
    page.figure('forcedClosureRate', [forced, closed()], '1 of 2');
  });

  cheat('G8', '漏统', 'more than half of the orders are not in the published figure', (page) => {
    const later = reported().now + 60 * day;
    const voided = filed().does('dispatcher', { type: 'RequestVoid', reason: other }).does('dispatcher2', { type: 'VoidIncident' });
    const all = [reported(), accepted(), filed(), dispatched(), acknowledged(), handled(), inspected(), voided];
    page.figure('closureRate', [...all, closed()], '1 of 9', { at: later });
    page.record('there is a ledger for every report in the log', ledgersOf(all).length, all.flatMap(({ types }) => types).filter((type) => type === 'IncidentReported').length);
    page.record('and every ledger says where its report stands', ledgersOf(all).map(({ firstPosition, reported: { position } }) => firstPosition === position).includes(false), false);
  });

  cheat('G9', '收买采集员', 'inspectors are paid to pass what is not done', (page) => {
    page.refused('a colleague of the handler inspects', inGrid(), 'gridWorkerA2', { type: 'PassInspection' }, 'duty.not-independent');
    page.refused('the handler inspects', inGrid(), 'gridWorkerA', { type: 'PassInspection' }, 'duty.not-independent');
    const kind = Array.from({ length: 5 }, closed);
    const strict = handled().does('dispatcher', { type: 'FailInspection', reason: other });
    const pairs = ledgersOf([...kind, strict]).flatMap(({ inspections }) => inspections.map(({ inspector, handlingUnit, passed }) => `${inspector} ${handlingUnit} ${passed ? 'passed' : 'failed'}`));
    page.record('who passed whose work, and how often, stands in the ledgers', [pairs.filter((pair) => pair === 'li S1-roads passed').length, pairs.filter((pair) => pair === 'zhao S1-roads failed').length], [5, 1]);
    page.minutes('inspectDuration', kind, 0);
  });

  cheat('G10', '摆拍核查', 'inspections are made by appointment, on what one has chosen oneself', (page) => {
    page.refused('one that was not drawn is inspected to look good', onTheSpot(), 'gridWorkerB', { type: 'PassInspection' }, 'inspection.not-drawn');
    const draw = onTheSpot(0.01).told.at(-1)?.event;
    page.record('the draw can be done again by anybody: chance below share', draw?.type === 'SampleDrawn' && [draw.data.chance < draw.data.share, draw.data.drawn], [true, true]);
    const own = nothing().withChance(0.01).does('gridWorkerA', { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [{ sha256: 'a'.repeat(64), bytes: 9 }], chance: 0.99 } as never);
    page.fact('nobody brings a chance of their own along', own, { chance: 0.01, drawn: true });
  });

  cheat('G11', '压报', 'reports are suppressed for the ranking', (page) => {
    const declined = reported().does('dispatcher', { type: 'DeclineIncident', reason: { code: 'not-a-city-matter' } });
    page.refused('a street that has nothing to do with it declines it', reported(), 'otherStreet', { type: 'DeclineIncident', reason: other }, 'actor.not-a-centre');
    page.fact('a declined report stays, with who and why', declined, { unit: 'S1-centre', reason: { code: 'not-a-city-matter' } });
    page.figure('acceptanceOnTimeRate', [declined, reported()], '1 of 1');
    page.figure('proactiveDiscoveryRate', [filed(), inGrid(), onTheSpot()], '2 of 3');
  });

  cheat('G12', '虚假办结', 'one in seven is done only on paper, every third order is returned', (page) => {
    const fake = handled().does('gridWorkerB', { type: 'FailInspection', reason: { code: 'not-done' } });
    page.record('an inspection that fails gives the unit the work back, under a new limit', fake.types.slice(-2), ['InspectionFailed', 'ReworkOrdered']);
    const done = handledAndClosed(fake);
    page.byUnit('reworkRate', [done, closed()], { 'S1-roads': '1 of 2' });
    page.figure('returnRate', [returned(dispatched()), dispatched(), dispatched()], '1 of 3');
    page.figure('reopeningRate', [reopened(), closed()], '1 of 2');
  });

  cheat('G13', '留言重置时限', 'any comment starts the clock anew', (page) => {
    const quiet = acknowledged().later(hour);
    const busy = quiet.does('dispatcher', { type: 'UrgeIncident' }).does('roads', { type: 'RecordFirstContact' }).does('roads', { type: 'RecordArrival' })
      .does('dispatcher', { type: 'BlowWhistle', whistleId: 'w-1', units: ['S1-order'], reason: other }).does('district', { type: 'IssueSupervision', supervisionId: 's-1', reason: other })
      .does('roads', { type: 'AnswerSupervision', supervisionId: 's-1' }).does('roads', { type: 'RequestExtension', addedMinutes: 60, reason: other }).does('dispatcher', { type: 'DenyExtension', reason: other });
    for (const name of ['handle', 'citizen']) page.record(`the limit of ${name} has not moved`, clockOf(busy, name).dueAt, clockOf(quiet, name).dueAt);
  });

  cheat('G14', '重开抹掉首次结案', 'a reopening wipes out the first closing', (page) => {
    const [ledger] = ledgersOf([reopened()]);
    page.record('the first closing stays where it was', ledger?.closings.map(({ round, at }) => [round, toIso(at)]), [[1, toIso(closed().now)]]);
    page.figure('reopeningRate', [reopened()], '1 of 1');
    page.figure('closureRate', [reopened()], '0 of 0');
    page.figure('closureRate', [reopened()], '0 of 1', { at: reopened().now + 40 * day });
  });

  cheat('G15', '改手机时钟', 'the clock of the telephone is put back', (page) => {
    const late = stillAcknowledged().later(9 * hour).does('roads', { type: 'RecordHandling' });
    const put = asRecorded(late).map((fact) => ({ ...fact, claimedAt: '2026-03-02T01:00:00.000Z', deviceSkewMs: -9 * hour }));
    page.record('clocks run on recorded time, the claim and the skew stand beside it', ledgerOf(put), ledgersOf([late])[0]);
    page.figure('onTimeHandlingRate', [late], '0 of 1');
  });

  cheat('G16', '凭链接结案', 'a contractor closes by knowing a link', (page) => {
    page.refused('the handling unit closes', inspected(), 'roads', { type: 'CloseIncident' }, 'duty.not-independent');
    page.refused('a stranger to the incident closes', inspected(), 'otherStreet', { type: 'CloseIncident' }, 'actor.not-the-centre');
    page.refused('a channel closes', inspected(), 'hotline', { type: 'CloseIncident' }, 'actor.not-the-centre');
    page.record('every fact says who, in which role, of which unit', closed().told.filter(({ actor }) => !(actor.id && actor.role && actor.unit)), []);
  });
});

/** Handled in the grid by grid worker A, waiting for an inspection. */
const inGrid = (): History =>
  nothing().withLibrary(libraryOf([smallReference])).does('gridWorkerA', { type: 'ReportIncident', channel: 'grid', gridCode: 'S1A1' }).does('gridWorkerA', { type: 'AcceptIncident' })
    .does('gridWorkerA', { type: 'FileIncident', ruleId: 'E-01-02.1', grade: 'general' }).does('gridWorkerA', { type: 'DispatchIncident', unit: 'S1A-station' }).does('gridWorkerA', { type: 'AcknowledgeDispatch' })
    .does('gridWorkerA', { type: 'RecordHandling' });
