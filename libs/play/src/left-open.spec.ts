import { describe, expect, it } from '@jest/globals';
import { IncidentDesk, streamOf } from '#engine';
import { fromIso, hour } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { libraryOf } from '#reference';
import { loadReferenceFolder } from '#tables';
import { leftOpen } from './left-open.js';
import { Player } from './player.js';

const photo = { sha256: 'a'.repeat(64), bytes: 9 };
/** Five in the afternoon of a Monday in Shanghai. */
const until = fromIso('2026-11-16T09:00:00.000Z');

describe('what a play leaves to whoever signs in 留案', () => {
  it.each([1, 2, 3, 34, 40])('is one of every kind in one street, all of it on its way and nothing overdue but what is meant to be (seed %i)', async (seed) => {
    const library = libraryOf([await loadReferenceFolder('seeds/yangpu')]);
    const city = library.current;
    const store = new MemoryEventStore();
    const clock = new SimulatedClock(0);
    const desk = new IncidentDesk({ store, clock, library: () => library });
    const scripts = leftOpen(city, { seed, incidents: 18, until, photo });
    expect(leftOpen(city, { seed, incidents: 18, until, photo })).toEqual(scripts);
    await new Player({ desk, store, clock, library: () => library, until }).play(scripts);

    const left = await Promise.all(scripts.map(async ({ incidentId, gridCode }) => {
      const { state } = await desk.load(incidentId);
      const facts = (await store.readStream(streamOf(incidentId))).map(({ type }) => type);
      const step = state.stage === 'open' ? state.work.step : state.stage;
      const how = facts.includes('DeadlineBreached') ? ' late' : facts.includes('DeadlineWarned') && step === 'acknowledged' ? ' soon late' : facts.includes('DispatchReturned') ? ' returned' : '';
      return { street: city.pathOf(gridCode)?.street, at: step + how };
    }));
    const [first] = left;
    expect(left.filter(({ street }) => street === first?.street).map(({ at }) => at)).toEqual(expect.arrayContaining([
      'reported', 'filed', 'filed returned', 'handled', 'acknowledged soon late', 'acknowledged late', 'acknowledged', 'inspected',
    ]));
    expect(left.filter(({ at }) => at.endsWith(' late')).map(({ at }) => at).sort()).toEqual(['acknowledged late', 'acknowledged soon late']);
    expect(new Set(scripts.map(({ incidentId }) => incidentId)).size).toBe(18);
    for (const { reportedAt } of scripts) expect(until - reportedAt).toBeLessThan(4 * hour);
  });

  it('is as much as was asked for, also of nothing', async () => {
    const city = libraryOf([await loadReferenceFolder('seeds/yangpu')]).current;
    for (const incidents of [0, 1, 60]) expect(leftOpen(city, { seed: 1, incidents, until, photo })).toHaveLength(incidents);
  });
});
