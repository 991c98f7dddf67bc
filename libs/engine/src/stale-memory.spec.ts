import { describe, expect, it } from '@jest/globals';
import { minute, toIso } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { monday9, people, smallLibrary } from '#scenario';
import { deterministicId, streamOf } from './ids.js';
import { IncidentDesk } from './incident-desk.js';

/** Two processes on one log. What one of them does the other has not seen yet. */
const twoProcesses = () => {
  const store = new MemoryEventStore();
  const clock = new SimulatedClock(monday9);
  const desk = (): IncidentDesk => new IncidentDesk({ store, clock, library: () => smallLibrary, chance: () => 0.5 });
  const [here, there] = [desk(), desk()];
  let ordinal = 0;
  const send = (at: IncidentDesk, who: keyof typeof people, type: string, data: object = {}, commandId = deterministicId('spec', (ordinal += 1))) =>
    at.execute({ command: { type, data: { incidentId: 'a', ...data } } as never, actor: people[who], commandId, correlationId: commandId });
  const dispatched = async (): Promise<void> => {
    await send(here, 'hotline', 'ReportIncident', { channel: 'hotline', externalId: 'a', gridCode: 'S1A1' });
    await send(here, 'dispatcher', 'AcceptIncident');
    await send(here, 'dispatcher', 'FileIncident', { ruleId: 'C-01-01.2', grade: 'general' });
    await send(here, 'dispatcher', 'DispatchIncident', { unit: 'S1-roads' });
  };
  const types = async (): Promise<readonly string[]> => (await store.readStream(streamOf('a'))).map(({ type }) => type);
  return { clock, here, there, send, dispatched, types };
};

describe('a process whose memory of an incident is old', () => {
  it('records a moment of a clock that it has not seen starting', async () => {
    const { clock, here, there, send, dispatched, types } = twoProcesses();
    await dispatched();
    for (const type of ['AcknowledgeDispatch', 'RecordFirstContact', 'RecordArrival']) await send(here, 'roads', type);
    await there.load('a');
    await send(here, 'dispatcher', 'BlowWhistle', { whistleId: 'w', units: ['S1-order'], reason: { code: 'needs-departments' } });
    // 80 % of the half hour that a whistle gives; the clocks that the other process knows of have hours left.
    clock.advance(24 * minute);
    expect(await there.passTime([streamOf('a')])).toEqual([streamOf('a')]);
    expect((await types()).at(-1)).toBe('DeadlineWarned');
  });

  it('does not call needless what is needed again', async () => {
    const { here, there, send, dispatched, types } = twoProcesses();
    await dispatched();
    await there.load('a');
    await send(here, 'roads', 'ReturnDispatch', { reason: { code: 'not-our-duty' } });
    expect(await send(there, 'dispatcher', 'DispatchIncident', { unit: 'S1-roads' })).toMatchObject({ status: 'recorded' });
    expect((await types()).slice(-2)).toEqual(['DispatchReturned', 'Dispatched']);
  });

  it('does not refuse what has become possible', async () => {
    const { here, there, send, dispatched } = twoProcesses();
    await dispatched();
    await there.load('a');
    await send(here, 'roads', 'AcknowledgeDispatch');
    expect(await send(there, 'roads', 'RecordHandling')).toMatchObject({ status: 'recorded' });
  });
});

describe('a command that is asked for again', () => {
  it('gets the first answer, also where it would be needless by now', async () => {
    const { here, there, send, dispatched } = twoProcesses();
    await dispatched();
    const first = await send(here, 'roads', 'AcknowledgeDispatch', {}, deterministicId('again'));
    await send(here, 'roads', 'RecordArrival');
    for (const desk of [here, there]) {
      expect(await send(desk, 'roads', 'AcknowledgeDispatch', {}, deterministicId('again'))).toEqual({ ...first, status: 'duplicate' });
    }
  });

  it('is ignored where somebody else has brought it about', async () => {
    const { here, send, dispatched } = twoProcesses();
    await dispatched();
    await send(here, 'roads', 'AcknowledgeDispatch');
    expect(await send(here, 'roads', 'AcknowledgeDispatch')).toMatchObject({ status: 'ignored' });
  });
});

/** Two processes on one log of which one has a clock that is behind. */
const twoClocks = (behindMs: number) => {
  const store = new MemoryEventStore();
  const [behind, ahead] = [new SimulatedClock(monday9), new SimulatedClock(monday9 + behindMs)];
  const desk = (clock: SimulatedClock): IncidentDesk => new IncidentDesk({ store, clock, library: () => smallLibrary, chance: () => 0.5 });
  return { store, behind, here: desk(behind), there: desk(ahead) };
};

describe('a decision that the log records later than it was made', () => {
  it('is made again when a clock that it sets going would have passed a moment by then', async () => {
    const late = monday9 + 13 * minute;
    const { store, here, there } = twoClocks(late - monday9);
    const photo = { sha256: 'f'.repeat(64), bytes: 1 };
    const report = (desk: IncidentDesk, incidentId: string) =>
      desk.execute({
        command: { type: 'ReportHandledOnTheSpot', data: { incidentId, channel: 'grid', gridCode: 'S1A1', ruleId: 'E-01-02.1', handlingPhotos: [photo] } },
        actor: people.gridWorkerA, commandId: deterministicId('spec', incidentId), correlationId: incidentId,
      });
    await report(there, 'b');
    await report(here, 'a');
    const facts = await store.readStream(streamOf('a'));
    expect(new Set(facts.map(({ recordedAt }) => recordedAt))).toEqual(new Set([toIso(late)]));
    // The workstation has a quarter of an hour to accept, and a warning at 80 % of it.
    expect(facts[0]?.data).toMatchObject({ clocks: expect.arrayContaining([expect.objectContaining({ clock: 'accept', startedAt: toIso(late), warnAt: toIso(late + 12 * minute) })]) });
  });

  it('is preceded by everything that is due by then, not only by what was due when it was made', async () => {
    const { store, behind, here, there } = twoClocks(16 * minute);
    let ordinal = 0;
    const send = (desk: IncidentDesk, who: keyof typeof people, type: string, data: object) => {
      const commandId = deterministicId('spec', (ordinal += 1));
      return desk.execute({ command: { type, data } as never, actor: people[who], commandId, correlationId: commandId });
    };
    await send(here, 'hotline', 'ReportIncident', { incidentId: 'a', channel: 'hotline', externalId: 'a', gridCode: 'S1A1' });
    // By this clock the warning is due, after 12 minutes, but not the limit of 15; the log has seen minute 16 already.
    behind.advance(13 * minute);
    await send(there, 'hotline', 'ReportIncident', { incidentId: 'b', channel: 'hotline', externalId: 'b', gridCode: 'S1A1' });
    await send(here, 'dispatcher', 'AcceptIncident', { incidentId: 'a' });
    expect((await store.readStream(streamOf('a'))).map(({ type }) => type)).toEqual(['IncidentReported', 'DeadlineWarned', 'DeadlineBreached', 'Accepted']);
  });
});
