import { describe, expect, it } from '@jest/globals';
import { engineActor, fromIso, hour, minute, toIso } from '#kernel';
import type { Append } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { monday9, people, smallReference } from '#scenario';
import { deterministicId, streamOf } from './ids.js';
import { IncidentDesk } from './incident-desk.js';
import { ReferenceShelf } from './reference-shelf.js';
import type { Activation, ReferenceContents } from './reference-shelf.js';

const kept = (): ReferenceContents => {
  const texts = new Map<string, string>();
  return { keep: async (sha256, content) => void texts.set(sha256, content), read: async () => texts };
};

const actor = engineActor('spec');
const person = { id: 'p-1', role: 'administrator', unit: 'administration' } as const;
const named = (version: string) => ({ ...smallReference, version, policy: { ...smallReference.policy, version: `policy of ${version}`, returnCap: 1 } });
const [noon, evening, urgent] = [named('noon'), named('evening'), named('urgent')];
const noonAt = monday9 + 3 * hour;
const eveningAt = monday9 + 9 * hour;

/** A log in which one version is in force, and processes that read it. */
const city = async () => {
  const clock = new SimulatedClock(monday9);
  const store = new MemoryEventStore();
  const contents = kept();
  const process = (): ReferenceShelf => new ReferenceShelf(store, contents, clock);
  const shelf = process();
  await shelf.activate(smallReference, actor);
  const plan = (version: typeof noon, effectiveFrom: number, more: Activation = {}) => shelf.activate(version, person, { reason: '新政策', effectiveFrom, ...more });
  return { clock, store, contents, shelf, process, plan };
};

describe('a version that takes effect at a moment', () => {
  it('is in force from then on, in every process, and a restart changes nothing', async () => {
    const { clock, shelf, process, plan } = await city();
    expect(await plan(noon, noonAt)).toBe('activated');
    const other = process();
    await other.refresh();
    const inForce = (): readonly string[] => [shelf, other].map((each) => each.library().current.reference.version);
    expect(inForce()).toEqual(['small-1', 'small-1']);
    clock.set(noonAt - 1);
    expect(inForce()).toEqual(['small-1', 'small-1']);
    clock.set(noonAt);
    expect(inForce()).toEqual(['noon', 'noon']);
    const restarted = process();
    await restarted.refresh();
    expect([noonAt - 1, noonAt].map((at) => restarted.library(at).current.reference.version)).toEqual(['small-1', 'noon']);
  });

  it('is what decisions go by from then on; an incident that was filed before keeps what it was filed under', async () => {
    const { clock, store, shelf, plan } = await city();
    await plan(noon, noonAt);
    const desk = new IncidentDesk({ store, clock, library: shelf.library, chance: () => 0.5 });
    let ordinal = 0;
    const send = (incidentId: string, who: keyof typeof people, type: string, data: object = {}) => {
      const commandId = deterministicId('spec', (ordinal += 1));
      return desk.execute({ command: { type, data: { incidentId, ...data } } as never, actor: people[who], commandId, correlationId: commandId });
    };
    const filed = async (incidentId: string): Promise<unknown> => {
      await send(incidentId, 'hotline', 'ReportIncident', { channel: 'hotline', externalId: incidentId, gridCode: 'S1A1' });
      await send(incidentId, 'dispatcher', 'AcceptIncident');
      await send(incidentId, 'dispatcher', 'FileIncident', { ruleId: 'C-01-01.2', grade: 'general' });
      return (await store.readStream(streamOf(incidentId))).find(({ type }) => type === 'Filed')?.data;
    };
    const returnedTwice = async (incidentId: string): Promise<string | undefined> => {
      for (let time = 0; time < 2; time += 1) {
        await send(incidentId, 'dispatcher', 'DispatchIncident', { unit: 'S1-roads' }).catch(() => undefined);
        await send(incidentId, 'roads', 'ReturnDispatch', { reason: { code: 'not-our-duty' } }).catch(() => undefined);
      }
      return (await store.readStream(streamOf(incidentId))).find(({ type }) => type === 'ArbitrationOpened')?.type;
    };
    clock.set(noonAt - 1);
    expect(await filed('morning')).toMatchObject({ policyVersion: 'policy-1' });
    clock.set(noonAt);
    expect(await filed('afternoon')).toMatchObject({ policyVersion: 'policy of noon' });
    // One return is the cap of the new policy, two were the cap of the old one.
    expect([await returnedTwice('morning'), await returnedTwice('afternoon')]).toEqual([undefined, 'ArbitrationOpened']);
  });

  it('was in force from its moment on also for whoever looks back, and nobody knew of it before it was laid down', async () => {
    const { shelf, plan } = await city();
    await plan(noon, noonAt);
    const [planned] = await shelf.activations();
    const position = planned?.position ?? 0;
    const seen = (upTo: number, at: number): string => shelf.libraryAsOf(upTo, at).current.reference.version;
    expect([seen(position, noonAt - 1), seen(position, noonAt), seen(position - 1, noonAt)]).toEqual(['small-1', 'noon', 'small-1']);
  });

  it('lies at least a minute ahead, when it is decided and when it is recorded, and is never the first of all', async () => {
    const { clock, store, contents, shelf, plan } = await city();
    for (const moment of [monday9 - hour, monday9, monday9 + minute - 1]) await expect(plan(noon, moment)).rejects.toMatchObject({ code: 'reference.effective-too-soon', details: { effectiveFrom: toIso(moment) } });
    // The log records it later than it was decided.
    const late = Object.assign(Object.create(store) as MemoryEventStore, { append: (append: Append) => store.append({ ...append, decidedAt: noonAt - minute + 1 }) });
    await expect(new ReferenceShelf(late, contents, clock).activate(noon, person, { effectiveFrom: noonAt })).rejects.toMatchObject({ code: 'reference.effective-too-soon' });
    const empty = new ReferenceShelf(new MemoryEventStore(), kept(), clock);
    await expect(empty.activate(noon, actor, { effectiveFrom: noonAt })).rejects.toMatchObject({ code: 'reference.first-at-once' });
    expect((await shelf.activations()).map(({ version }) => version)).toEqual(['small-1']);
  });
});

describe('while a version waits', () => {
  it('the next one comes after it, compared with it, and none comes before', async () => {
    const { shelf, plan } = await city();
    await plan(noon, noonAt);
    await expect(shelf.activate(urgent, person)).rejects.toMatchObject({ code: 'reference.another-waits', details: { version: 'noon', effectiveFrom: toIso(noonAt) } });
    for (const moment of [noonAt - hour, noonAt]) await expect(plan(evening, moment)).rejects.toMatchObject({ code: 'reference.another-waits' });
    await expect(plan(evening, eveningAt, { against: 'small-1' })).rejects.toMatchObject({ code: 'reference.superseded' });
    expect(await shelf.examine(evening)).toMatchObject({ status: 'new', against: { version: 'noon' }, againstFrom: toIso(noonAt) });
    expect(await plan(evening, eveningAt, { against: 'noon' })).toBe('activated');
    expect((await shelf.activations()).map(({ version, state, effectiveFrom }) => [version, state, fromIso(effectiveFrom)])).toEqual([['evening', 'waiting', eveningAt], ['noon', 'waiting', noonAt], ['small-1', 'in-force', monday9]]);
  });

  it('the very same content is there already, whatever moment it is wanted for', async () => {
    const { clock, store, shelf, plan } = await city();
    await plan(noon, noonAt);
    for (const moment of [noonAt, eveningAt]) expect(await plan(noon, moment)).toBe('already-waiting');
    expect(await shelf.activate(noon, person)).toBe('already-waiting');
    expect(await shelf.examine(noon)).toMatchObject({ status: 'already-waiting' });
    clock.set(noonAt);
    expect(await shelf.activate(noon, person)).toBe('already-in-force');
    expect(await store.readStream('reference')).toHaveLength(2);
  });

  it('it can be taken back with a reason, once under one id, and then another may come at once', async () => {
    const { clock, store, shelf, process, plan } = await city();
    await plan(noon, noonAt);
    for (let time = 0; time < 2; time += 1) await shelf.withdraw(2, person, { reason: '改期', commandId: 'c-9' });
    await expect(shelf.withdraw(2, person, { reason: '改期' })).rejects.toMatchObject({ code: 'reference.withdrawn-already' });
    await expect(shelf.withdraw(1, person, { reason: '改期', commandId: 'c-9' })).rejects.toMatchObject({ code: 'command.id-reused' });
    expect((await store.readStream('reference')).map(({ type }) => type)).toEqual(['ReferenceActivated', 'ReferenceActivated', 'ReferenceWithdrawn']);
    expect(await shelf.activations()).toMatchObject([{ version: 'noon', state: 'withdrawn', withdrawn: { reason: '改期', actorId: 'p-1', position: 3 } }, { version: 'small-1', state: 'in-force', withdrawn: null }]);
    expect(await shelf.activate(urgent, person)).toBe('activated');
    clock.set(noonAt);
    const other = process();
    await other.refresh();
    for (const each of [shelf, other]) expect(each.library().current.reference.version).toBe('urgent');
    expect([2, 3].map((position) => shelf.libraryAsOf(position, noonAt).current.reference.version)).toEqual(['noon', 'small-1']);
  });

  it('it is not taken back when its moment is a minute away, nor before those behind it', async () => {
    const { clock, shelf, plan } = await city();
    await plan(noon, noonAt);
    await plan(evening, eveningAt);
    await expect(shelf.withdraw(2, person, { reason: '改期' })).rejects.toMatchObject({ code: 'reference.another-waits', details: { version: 'evening' } });
    for (const position of [7, 0]) await expect(shelf.withdraw(position, person, { reason: '改期' })).rejects.toMatchObject({ code: 'reference.unknown-activation' });
    clock.set(noonAt - minute + 1);
    for (const position of [1, 2]) await expect(shelf.withdraw(position, person, { reason: '改期' })).rejects.toMatchObject({ code: 'reference.withdrawn-too-late' });
    await shelf.withdraw(3, person, { reason: '改期' });
  });
});
