import { describe, expect, it } from '@jest/globals';
import { engineActor } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { smallReference } from '#scenario';
import { ReferenceShelf } from './reference-shelf.js';
import type { ReferenceContents } from './reference-shelf.js';

class Contents implements ReferenceContents {
  readonly kept = new Map<string, string>();

  keep(sha256: string, content: string): Promise<void> {
    this.kept.set(sha256, content);
    return Promise.resolve();
  }

  read(hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(hashes.flatMap((hash) => (this.kept.has(hash) ? [[hash, this.kept.get(hash) ?? ''] as const] : []))));
  }
}

const actor = engineActor('spec');
const open = () => {
  const store = new MemoryEventStore();
  const contents = new Contents();
  return { store, contents, shelf: new ReferenceShelf(store, contents, new SimulatedClock(0)), another: () => new ReferenceShelf(store, contents, new SimulatedClock(0)) };
};
const second = { ...smallReference, version: 'small-2', policy: { ...smallReference.policy, version: 'policy-2', returnCap: 1 } };

describe('the shelf of reference versions 底数库', () => {
  it('refuses to look anything up while nothing is in force', () => {
    expect(() => open().shelf.library()).toThrow(expect.objectContaining({ code: 'reference.none' }));
  });

  it('puts a version in force by a fact, and the same content again records nothing', async () => {
    const { shelf, store } = open();
    expect(await shelf.activate(smallReference, actor)).toBe('activated');
    expect(await shelf.activate(smallReference, actor)).toBe('already-in-force');
    expect((await store.readStream('reference')).map(({ type }) => type)).toEqual(['ReferenceActivated']);
    expect(shelf.library().current.reference.version).toBe('small-1');
  });

  it('keeps older versions readable for the incidents that pinned them', async () => {
    const { shelf } = open();
    await shelf.activate(smallReference, actor);
    await shelf.activate(second, actor);
    expect(shelf.library().policy('policy-1').returnCap).toBe(2);
    expect(shelf.library().current.reference.policy.returnCap).toBe(1);
    expect(() => shelf.library().policy('policy-9')).toThrow('pinned');
  });

  it('says what was in force when the log ended at a position', async () => {
    const { shelf } = open();
    await shelf.activate(smallReference, actor);
    await shelf.activate(second, actor);
    expect([1, 2].map((position) => shelf.libraryAsOf(position, 0).current.reference.version)).toEqual(['small-1', 'small-2']);
    expect(() => shelf.libraryAsOf(0, 0)).toThrow(expect.objectContaining({ code: 'reference.none' }));
  });

  it('is read by another process, which sees what comes later too', async () => {
    const { shelf, another } = open();
    await shelf.activate(smallReference, actor);
    const other = another();
    expect(await other.refresh()).toBe(true);
    await shelf.activate(second, actor);
    expect(await other.refresh()).toBe(true);
    expect(await other.refresh()).toBe(false);
    expect(other.library().current.reference.version).toBe('small-2');
  });

  it('refuses a used version with another content, whichever part it is', async () => {
    const { shelf } = open();
    await shelf.activate(smallReference, actor);
    const changed = { ...smallReference, version: 'small-2', policy: { ...smallReference.policy, returnCap: 5 } };
    await expect(shelf.activate(changed, actor)).rejects.toMatchObject({ code: 'reference.version-reused', details: { what: 'policy' } });
    await expect(shelf.activate({ ...second, version: 'small-1' }, actor)).rejects.toMatchObject({ code: 'reference.version-reused', details: { what: 'reference' } });
  });

  it('remembers who activated what and why, and under one id activates once', async () => {
    const { shelf, store } = open();
    const person = { id: 'p-1', role: 'administrator', unit: 'administration' } as const;
    await shelf.activate(smallReference, actor);
    expect(await shelf.examine(second)).toMatchObject({ status: 'new', against: { version: 'small-1' }, againstFrom: null });
    await shelf.activate(second, person, { reason: '新政策', against: 'small-1', commandId: 'c-1' });
    await shelf.activate({ ...second, version: 'small-3' }, person, { against: 'small-2', commandId: 'c-2' });
    expect(await shelf.activate(second, person, { reason: '新政策', against: 'small-1', commandId: 'c-1' })).toBe('activated');
    expect(await store.readStream('reference')).toHaveLength(3);
    expect(await shelf.activations()).toMatchObject([{ version: 'small-3' }, { version: 'small-2', actorId: 'p-1', reason: '新政策', position: 2 }, { version: 'small-1', reason: null }]);
    await expect(shelf.activate({ ...second, version: 'small-4' }, person, { commandId: 'c-1' })).rejects.toMatchObject({ code: 'command.id-reused' });
  });

  it('refuses a version that was compared with one that is no longer in force', async () => {
    const { shelf } = open();
    await shelf.activate(smallReference, actor);
    await shelf.activate(second, actor);
    await expect(shelf.activate({ ...second, version: 'small-3' }, actor, { against: 'small-1' })).rejects.toMatchObject({ code: 'reference.superseded' });
  });

  it('never believes a content that is not what the log says', async () => {
    const { shelf, contents, another } = open();
    await shelf.activate(smallReference, actor);
    for (const [hash, content] of contents.kept) contents.kept.set(hash, content.replace('"returnCap":2', '"returnCap":99'));
    await expect(another().refresh()).rejects.toThrow('missing or altered');
  });
});
