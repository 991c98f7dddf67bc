import { describe, expect, it } from '@jest/globals';
import { hour } from '#kernel';
import type { Grade } from '#reference';
import { accepted, filed, given, nothing, reported, smallLibrary, smallReference } from '#scenario';
import type { Asked, History } from '#scenario';
import { libraryOf } from '#reference';
import { photosMax } from './intake.js';

const reason = { code: 'other' };
const photo = { sha256: 'b'.repeat(64), bytes: 12 };
const report = (more: Partial<Extract<Asked, { type: 'ReportIncident' }>> = {}): Asked => ({ type: 'ReportIncident', channel: 'hotline', externalId: 'H-1', gridCode: 'S1A1', ...more });
const runningClocks = (history: History) =>
  history.state.stage === 'unknown' ? [] : [...history.state.clocks.values()].filter(({ status }) => status === 'running').map(({ clock, unit }) => `${clock} ${unit}`);

describe('reporting 上报', () => {
  it('takes the same report of the same channel once, whoever passes it on', () => {
    given(reported()).when('hotline', report()).ignores();
    given(reported()).when('dispatcher', report()).ignores();
  });

  it('takes a report without a number of the channel once from the same person only', () => {
    const mine = nothing().does('gridWorkerA', { type: 'ReportIncident', channel: 'grid', gridCode: 'S1A1' });
    given(mine).when('gridWorkerA', { type: 'ReportIncident', channel: 'grid', gridCode: 'S1A1' }).ignores();
    given(mine).when('gridWorkerA2', { type: 'ReportIncident', channel: 'grid', gridCode: 'S1A1' }).refuses('incident.number-taken');
  });

  it('refuses another report under a number that is taken', () => {
    given(reported()).when('hotline', report({ externalId: 'H-2' })).refuses('incident.number-taken');
    given(reported()).when('hotline', report({ channel: 'citizen' })).refuses('incident.number-taken');
  });

  it('refuses a grid that the city does not have, and a place that is no grid', () => {
    given(nothing()).when('hotline', report({ gridCode: 'S9Z9' })).refuses('place.unknown-grid');
    given(nothing()).when('hotline', report({ gridCode: 'S1' })).refuses('place.unknown-grid');
  });

  it('refuses a position outside the city, on each of its four sides', () => {
    const at = (longitude: number, latitude: number) => given(nothing()).when('hotline', report({ location: { longitude, latitude } }));
    at(120.99, 31.5).refuses('place.outside-city');
    at(122.01, 31.5).refuses('place.outside-city');
    at(121.5, 30.99).refuses('place.outside-city');
    at(121.5, 32.01).refuses('place.outside-city');
    at(121, 32).records('IncidentReported');
  });

  it('refuses a hint to a rule that the catalogue does not have', () => given(nothing()).when('hotline', report({ ruleHint: 'X-99-99.9' })).refuses('catalogue.unknown-rule'));

  it(`carries at most ${photosMax} photos, those of the result on the spot included`, () => {
    given(nothing()).when('hotline', report({ photos: Array.from({ length: photosMax }, () => photo) })).records('IncidentReported');
    given(nothing()).when('hotline', report({ photos: Array.from({ length: photosMax + 1 }, () => photo) })).refuses('photo.too-many');
    const onTheSpot = { type: 'ReportHandledOnTheSpot', channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1' } as const;
    given(nothing()).when('gridWorkerA', { ...onTheSpot, photos: [photo, photo, photo], handlingPhotos: [photo, photo, photo, photo] }).refuses('photo.too-many');
  });

  it('goes to the workstation when a grid worker reports, to the street when anybody else does', () => {
    expect(runningClocks(nothing().does('gridWorkerA', { type: 'ReportIncident', channel: 'grid', gridCode: 'S1A1' }))).toEqual(['accept S1A-station', 'citizen S1A-station']);
    expect(runningClocks(reported())).toEqual(['accept S1-centre', 'citizen S1-centre']);
  });
});

describe('verifying 核实, accepting 受理 and declining 不予受理', () => {
  it('lets a grid worker or a centre of the place verify, before filing only', () => {
    given(reported()).when('gridWorkerB', { type: 'VerifyIncident', outcome: 'untrue' }).records('Verified');
    given(accepted()).when('dispatcher', { type: 'VerifyIncident', outcome: 'true' }).records('Verified');
    given(reported()).when('otherStreet', { type: 'VerifyIncident', outcome: 'true' }).refuses('actor.not-a-centre');
    given(filed()).when('gridWorkerA', { type: 'VerifyIncident', outcome: 'true' }).refuses('incident.wrong-stage');
  });

  it('files nothing that was found untrue, until it is verified again', () => {
    const untrue = accepted().does('gridWorkerA', { type: 'VerifyIncident', outcome: 'untrue' });
    given(untrue).when('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).refuses('incident.verified-untrue');
    given(untrue.does('gridWorkerB', { type: 'VerifyIncident', outcome: 'true' })).when('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).records('Filed');
  });

  it('stops the accept clock at acceptance and starts the dispatch clock of whoever accepted', () => {
    expect(runningClocks(accepted())).toEqual(['citizen S1-centre', 'dispatch S1-centre']);
    expect(runningClocks(reported().does('gridWorkerA', { type: 'AcceptIncident' }))).toEqual(['citizen S1-centre', 'dispatch S1A-station']);
  });

  it('ends every clock when it declines, and nothing follows', () => {
    const declined = reported().does('dispatcher', { type: 'DeclineIncident', reason: { code: 'not-a-city-matter' } });
    expect(runningClocks(declined)).toEqual([]);
    given(declined).when('dispatcher', { type: 'AcceptIncident' }).refuses('incident.wrong-stage');
    expect(declined.later(1_000 * hour).passTime().types).toEqual(['IncidentReported', 'Declined']);
  });
});

describe('filing 立案 puts the incident on its first rung', () => {
  const entry = (ruleId: string, grade: Grade): unknown => {
    const event = accepted().does('dispatcher', { type: 'FileIncident', ruleId, grade }).told.at(-1)?.event;
    return event?.type === 'Filed' ? [event.data.rung, event.data.enteredBy, event.data.accountableUnit] : null;
  };

  it('the lowest rung that has a duty for it', () => {
    expect(entry('E-01-02.1', 'general')).toEqual(['grid', null, 'S1A-station']);
    expect(entry('C-01-01.2', 'general')).toEqual(['street', null, 'S1-centre']);
  });

  it('higher where the policy says so for the category (life safety)', () => expect(entry('E-05-01.1', 'general')).toEqual(['district', 'rule', 'YP-centre']));

  it('higher where the policy says so for the grade, the highest of several', () => {
    expect(entry('C-01-01.2', 'larger')).toEqual(['district', 'grade', 'YP-centre']);
    expect(entry('C-01-01.2', 'major')).toEqual(['city', 'grade', 'SH-centre']);
    expect(entry('E-05-01.1', 'extraordinary')).toEqual(['city', 'grade', 'SH-centre']);
  });

  it('names no reason for a direct entry that leads where the duty is anyway', () => {
    const only = libraryOf([{ ...smallReference, policy: { ...smallReference.policy, directEntry: [{ subject: 'C-01', rung: 'street', trigger: 'rule' }] } }]);
    const event = accepted().withLibrary(only).does('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).told.at(-1)?.event;
    expect(event?.data).toMatchObject({ rung: 'street', enteredBy: null });
  });

  it('refuses a rule that the catalogue does not have, and one for which nobody is responsible', () => {
    given(accepted()).when('dispatcher', { type: 'FileIncident', ruleId: 'X-1.1', grade: 'general' }).refuses('catalogue.unknown-rule');
    const nobody = libraryOf([{ ...smallReference, duties: { ...smallReference.duties, rules: [] } }]);
    given(accepted().withLibrary(nobody)).when('dispatcher', { type: 'FileIncident', ruleId: 'C-01-01.2', grade: 'general' }).refuses('duty.nobody-responsible');
  });

  it('refuses where no active centre is laid down, instead of leaving the incident with nobody', () => {
    const headless = libraryOf([{ ...smallReference, units: smallReference.units.map((unit) => (unit.code === 'YP-centre' ? { ...unit, active: false } : unit)) }]);
    given(accepted().withLibrary(headless)).when('dispatcher', { type: 'FileIncident', ruleId: 'E-05-01.1', grade: 'general' }).refuses('unit.no-centre');
  });
});

describe('voiding and merging before filing', () => {
  it('is possible from the report on, and leaves no clock running', () => {
    const voided = reported().does('dispatcher', { type: 'RequestVoid', reason }).does('dispatcher2', { type: 'VoidIncident' });
    const merged = reported().does('dispatcher', { type: 'MergeIncident', into: { incidentId: 'i-0', stage: 'closed', reportedAt: '2026-03-02T00:30:00.000Z' }, reason });
    expect([runningClocks(voided), runningClocks(merged)]).toEqual([[], []]);
    expect(smallLibrary.current.reference.policy.mergeDaysMax).toBe(7);
  });
});
