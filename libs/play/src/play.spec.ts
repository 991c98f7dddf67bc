import { describe, expect, it } from '@jest/globals';
import { IncidentDesk } from '#engine';
import { day, fromIso, hour, minute } from '#kernel';
import type { Append, AppendResult } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { smallLibrary } from '#scenario';
import { closingLines } from './closing-lines.js';
import { closingTableOf } from './closing-table.js';
import { dayOf, midnightBefore } from './day.js';
import { Heap } from './heap.js';
import { Player } from './player.js';
import type { Pace, Script } from './script.js';
import { WriteBehindStore } from './write-behind-store.js';

const midnight = midnightBefore(fromIso('2026-03-03T04:00:00.000Z'), 480);
const photo = { sha256: 'a'.repeat(64), bytes: 9 };
const until = midnight + 60 * day;
const pace: Pace = {
  acceptMs: minute, fileMs: minute, dispatchMs: minute, acknowledgeMs: minute, contactMs: minute, arriveMs: minute, inspectMs: minute, closeMs: minute, reworkMs: minute,
  visitMs: hour, answerMs: hour,
};

class OrderedMemoryStore extends MemoryEventStore {
  async appendInOrder(appends: readonly Append[]): Promise<readonly AppendResult[]> {
    const results: AppendResult[] = [];
    for (const append of appends) results.push(await this.append(append));
    return results;
  }
}

const playerOn = (store: MemoryEventStore | WriteBehindStore, more: { readonly signal?: AbortSignal; readonly onMove?: () => void; readonly start?: number } = {}): Player => {
  const clock = new SimulatedClock(more.start ?? 0);
  const library = () => smallLibrary;
  return new Player({ desk: new IncidentDesk({ store, clock, library, chance: () => 0.05 }), store, clock, library, until, ...(more.signal ? { signal: more.signal } : {}), ...(more.onMove ? { onMove: more.onMove } : {}) });
};

const scripts = dayOf(smallLibrary.current, { seed: 2, incidents: 120, midnight, photo });

describe('a played day 演练', () => {
  it('is the same for the same seed and another one for another', () => {
    expect(dayOf(smallLibrary.current, { seed: 2, incidents: 120, midnight, photo })).toEqual(scripts);
    expect(dayOf(smallLibrary.current, { seed: 5, incidents: 120, midnight, photo })).not.toEqual(scripts);
  });

  it('brings nearly every incident to an end and something of everything on the way', async () => {
    const store = new MemoryEventStore();
    await playerOn(store).play(scripts);
    const table = await closingTableOf(store);
    expect(table.incidents).toBe(120);
    // Only what climbed to the city centre of a city that has no bureau for it stays open.
    expect(table.open).toBeLessThan(6);
    expect(table.closed.grid + table.closed.street + table.closed.city + table.declined + table.merged + table.open).toBe(120);
    for (const count of [table.closed.grid, table.closed.street, table.closed.city, table.escalated, table.breached, table.returned, table.reworked, table.selfHandled]) expect(count).toBeGreaterThan(0);
    expect(closingLines(table)).toContain('120 incidents');
  });

  it('adds nothing when it is played again', async () => {
    const store = new MemoryEventStore();
    await playerOn(store).play(scripts);
    const { position, recordedAt } = await store.head();
    await playerOn(store, { start: fromIso(recordedAt ?? '') }).play(scripts);
    expect((await store.head()).position).toBe(position);
  });

  it('goes on where it was interrupted, and ends as if it never had been', async () => {
    const straight = new MemoryEventStore();
    await playerOn(straight).play(scripts);
    const store = new MemoryEventStore();
    for (const moves of [1, 200, 333, Infinity]) {
      const stopping = new AbortController();
      let left = moves;
      const { recordedAt } = await store.head();
      const onMove = (): void => {
        left -= 1;
        if (left <= 0) stopping.abort();
      };
      await playerOn(store, { signal: stopping.signal, start: recordedAt === null ? 0 : fromIso(recordedAt), onMove }).play(scripts);
    }
    const facts = async (log: MemoryEventStore) => (await log.readAll(0, 1e6)).map(({ stream, version, type, recordedAt }) => `${stream} ${version} ${type} ${recordedAt}`).sort();
    expect(await facts(store)).toEqual(await facts(straight));
  });

  it('handles at the real moment, however late that is, and climbs when the limit passed before', async () => {
    const store = new MemoryEventStore();
    const reportedAt = fromIso('2026-03-03T02:00:00.000Z');
    const script: Script = {
      incidentId: 'late', reportedAt, channel: 'hotline', externalId: 'L-1', gridCode: 'S1A1', ruleId: 'C-01-01.1', grade: 'general', ending: 'closed',
      workedUntil: reportedAt + 5 * hour, photo: null, pace, returns: 0, failures: 0, closesOn: null, extensionMinutes: null, satisfaction: null,
    };
    await playerOn(store).play([script]);
    const log = await store.readAll(0, 1_000);
    expect(log.find(({ type }) => type === 'Handled')?.recordedAt).toBe('2026-03-03T07:00:00.000Z');
    // Limits of two hours each: street until 04:02, district until 06:04, then the city.
    expect(log.filter(({ type }) => type === 'Escalated').map(({ data }) => (data as { toRung: string }).toRung)).toEqual(['district', 'city']);
    expect(log.at(-1)?.type).toBe('Closed');
  });
});

describe('a store that is written behind 先答后记', () => {
  it('leaves the very log that writing at once would have left', async () => {
    const straight = new MemoryEventStore();
    await playerOn(straight).play(scripts);
    const inner = new OrderedMemoryStore();
    const behind = await WriteBehindStore.over(inner);
    await playerOn(behind).play(scripts);
    await behind.flush();
    expect(await inner.readAll(0, 1e6)).toEqual(await straight.readAll(0, 1e6));
  });

  it('ends the play when the log says otherwise than was answered', async () => {
    const inner = new OrderedMemoryStore();
    const behind = await WriteBehindStore.over(inner);
    const append: Append = {
      stream: 's', expectedVersion: 0, decidedAt: 5, events: [{ eventId: 'e', type: 'T', schema: 1, data: {} }],
      provenance: { actor: { id: 'a', role: 'engine', unit: 'engine' }, commandId: 'c-1', correlationId: 'c-1' },
    };
    await inner.append({ ...append, provenance: { ...append.provenance, commandId: 'somebody-else' } });
    expect(await behind.append(append)).toMatchObject({ status: 'recorded' });
    await expect(behind.flush()).rejects.toThrow('the log says');
    await expect(behind.append(append)).rejects.toThrow('the log says');
  });
});

describe('a heap', () => {
  it('gives the least first, and equal ones in the order of their coming', () => {
    const heap = new Heap<string>();
    for (const [item, at] of [['c', 3], ['a1', 1], ['b', 2], ['a2', 1]] as const) heap.push(item, at);
    expect([heap.pop(), heap.pop(), heap.pop(), heap.pop(), heap.pop()].map((top) => top?.item)).toEqual(['a1', 'a2', 'b', 'c', undefined]);
  });
});
