import { describe, expect, it } from '@jest/globals';
import { hour, minute } from '#kernel';
import { libraryOf } from '#reference';
import { acknowledged, dispatched, filed, given, handled, smallReference } from '#scenario';
import type { Asked, History } from '#scenario';

const reason = { code: 'other' };
const to = (unit: string, more: Partial<Extract<Asked, { type: 'DispatchIncident' }>> = {}): Asked => ({ type: 'DispatchIncident', unit, ...more });
const clocks = (history: History, name: string) => [...history.open.clocks.values()].filter(({ clock }) => clock === name);

describe('dispatching 派单', () => {
  it('goes to a unit of the rung that holds the incident, not above and not below', () => {
    given(filed()).when('dispatcher', to('YP-roads')).refuses('dispatch.wrong-rung');
    given(filed()).when('dispatcher', to('S1A-station')).refuses('dispatch.wrong-rung');
  });

  it('goes to a unit that answers for the place', () => given(filed()).when('dispatcher', to('S2-roads')).refuses('dispatch.wrong-place'));

  it('never goes to a centre, which dispatches and does not handle', () => given(filed()).when('dispatcher', to('S1-centre')).refuses('dispatch.to-a-centre'));

  it('goes to the workstation in the grid loop, which is a centre that handles', () => {
    given(filed('E-01-02.1')).when('gridWorkerA', to('S1A-station')).records('Dispatched');
    given(filed('E-01-02.1')).when('dispatcher', to('S1A-station')).records('Dispatched');
    given(filed('E-01-02.1')).when('gridWorkerB', to('S1A-station')).refuses('actor.not-the-centre');
  });

  it('refuses a unit that is not there or not active any more', () => {
    given(filed()).when('dispatcher', to('nobody')).refuses('unit.unknown');
    const closedDown = libraryOf([{ ...smallReference, units: smallReference.units.map((unit) => (unit.code === 'S1-roads' ? { ...unit, active: false } : unit)) }]);
    given(filed().withLibrary(closedDown)).when('dispatcher', to('S1-roads')).refuses('unit.not-active');
    given(filed().withLibrary(closedDown)).when('dispatcher', to('S1-order', { assisting: ['S1-roads'] })).refuses('unit.not-active');
    given(filed()).when('dispatcher', to('S1-roads', { informed: ['nobody'] })).refuses('unit.unknown');
  });

  it('has one accountable unit 主办: it cannot assist or be informed as well', () => {
    given(filed()).when('dispatcher', to('S1-roads', { assisting: ['S1-roads'] })).refuses('dispatch.one-accountable-unit');
    given(filed()).when('dispatcher', to('S1-roads', { informed: ['S1-order', 'S1-roads'] })).refuses('dispatch.one-accountable-unit');
    const [event] = given(filed()).when('dispatcher', to('S1-roads', { assisting: ['S1-order', 'S1-order'], informed: ['YP-order'] })).records('Dispatched');
    expect(event?.data).toMatchObject({ accountableUnit: 'S1-roads', assisting: ['S1-order'], informed: ['YP-order'], final: false, ordinal: 1 });
  });

  it('cannot be sent to a second unit while the first has it', () => given(dispatched()).when('dispatcher', to('S1-order')).refuses('incident.wrong-stage'));

  it('keeps why the unit was suggested', () => {
    const [event] = given(filed()).when('dispatcher', to('S1-roads', { suggestion: { rank: 2, dutyId: 'street-C-01-roads', match: 'class' } })).records('Dispatched');
    expect(event?.data).toMatchObject({ suggestion: { rank: 2, dutyId: 'street-C-01-roads', match: 'class' } });
  });
});

describe('contact 先行联系 and arrival 到场', () => {
  const assisted = filed().does('dispatcher', to('S1-roads', { assisting: ['S1-order'] }));

  it('are open to the accountable unit and those that assist, and stop their clocks', () => {
    given(assisted).when('order', { type: 'RecordArrival' }).records('Arrived');
    given(assisted).when('sanitation', { type: 'RecordArrival' }).refuses('actor.not-on-the-job');
    const there = assisted.does('roads', { type: 'RecordFirstContact' }).does('order', { type: 'RecordArrival', location: { longitude: 121.5, latitude: 31.3 } });
    expect([...clocks(there, 'contact'), ...clocks(there, 'arrive')].map(({ status }) => status)).toEqual(['stopped', 'stopped']);
  });

  it('arriving late stays late', () => {
    const late = assisted.does('roads', { type: 'AcknowledgeDispatch' }).later(2 * hour + minute).does('roads', { type: 'RecordArrival' });
    expect(clocks(late, 'arrive')[0]).toMatchObject({ status: 'stopped', breached: true });
  });
});

describe('rework 返工', () => {
  const failed = (history: History): History => history.does('gridWorkerB', { type: 'FailInspection', reason: { code: 'still-there' } });
  const again = (history: History): History => failed(history.later(10 * minute)).later(10 * minute).does('roads', { type: 'RecordHandling' });

  it('gives the unit that handled it the full limit again, without another acknowledgement', () => {
    const rework = failed(handled());
    expect(rework.open).toMatchObject({ accountableUnit: 'S1-roads', work: { step: 'acknowledged' }, dispatchOrdinal: 2, failures: 1 });
    expect(clocks(rework, 'handle').map(({ status, consumedMs }) => [status, consumedMs])).toEqual([['stopped', 0], ['running', 0]]);
  });

  it('is supervised after as many failures as the policy says', () => {
    expect(failed(handled()).types).not.toContain('SupervisionIssued');
    const second = failed(again(handled()));
    expect(second.types.slice(-3)).toEqual(['InspectionFailed', 'ReworkOrdered', 'SupervisionIssued']);
    expect(second.told.at(-1)?.event.data).toMatchObject({ supervisionId: 'rework:1:2', unit: 'S1-roads', by: 'YP-centre', reason: { code: 'inspections-failed' } });
  });

  it('goes to the unit that handled last, not to one that handled before', () => {
    const passedOn = (history: History, from: 'roads' | 'order', unit: string): History =>
      history.does(from, { type: 'ReturnDispatch', reason }).does('dispatcher', to(unit)).does(from === 'roads' ? 'order' : 'roads', { type: 'AcknowledgeDispatch' })
        .does(from === 'roads' ? 'order' : 'roads', { type: 'RecordHandling' });
    const back = passedOn(failed(passedOn(failed(handled()), 'roads', 'S1-order')), 'order', 'S1-roads');
    expect(failed(back).open.accountableUnit).toBe('S1-roads');
    const ended = back.does('gridWorkerB', { type: 'PassInspection' }).does('dispatcher', { type: 'CloseIncident' });
    expect(ended.told.at(-1)?.event.data).toMatchObject({ handlingUnit: 'S1-roads' });
  });

  it('keeps every unit that ever handled it in this round from inspecting', () => {
    const both = failed(handled()).does('roads', { type: 'ReturnDispatch', reason }).does('dispatcher', to('S1-order')).does('order', { type: 'AcknowledgeDispatch' }).does('order', { type: 'RecordHandling' });
    given(both).when('roads', { type: 'PassInspection' }).refuses('duty.not-independent');
  });
});

describe('returning 退单', () => {
  it('is refused once it has been handled', () => given(handled()).when('roads', { type: 'ReturnDispatch', reason }).refuses('incident.wrong-stage'));

  it('leaves the centre accountable, with a dispatch clock', () => {
    const back = acknowledged().does('roads', { type: 'ReturnDispatch', reason });
    expect(back.open).toMatchObject({ accountableUnit: 'S1-centre', work: { step: 'filed' }, returns: 1, returnedBy: 'S1-roads' });
    expect(clocks(back, 'dispatch').at(-1)).toMatchObject({ status: 'running', unit: 'S1-centre' });
  });
});

describe('arbitration 裁定', () => {
  const arbitrating = [1, 2].reduce(
    (history) => history.does('dispatcher', to('S1-roads')).does('roads', { type: 'ReturnDispatch', reason }),
    dispatched().does('roads', { type: 'ReturnDispatch', reason }),
  );
  const named = (unit: string): Asked => ({ type: 'ArbitrateReturn', unit, reason });

  it('names an active unit of the place, on this rung or above', () => {
    given(arbitrating).when('district', named('S1A-station')).refuses('dispatch.wrong-rung');
    given(arbitrating).when('district', named('S2-roads')).refuses('dispatch.wrong-place');
    given(arbitrating).when('district', named('nobody')).refuses('unit.unknown');
    given(arbitrating).when('district', named('YP-centre')).refuses('dispatch.to-a-centre');
    given(arbitrating).when('district', named('SH-roads')).records('Arbitrated', 'Escalated', 'Dispatched');
  });

  it('at the top the city centre rules about its own returns', () => {
    const atTheTop = filed().does('city', { type: 'EscalateIncident', from: 'street', to: 'city', trigger: 'supervision', reason });
    const stuck = [1, 2, 3].reduce((history) => history.does('city', to('SH-roads')).does('cityRoads', { type: 'ReturnDispatch', reason }), atTheTop);
    expect(stuck.open.work).toEqual({ step: 'arbitrating', arbiter: 'SH-centre' });
    given(stuck).when('city', named('SH-roads')).records('Arbitrated', 'Dispatched');
  });
});
