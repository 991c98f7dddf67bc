import { describe, expect, it } from '@jest/globals';
import { IncidentDesk, streamOf } from '#engine';
import { fromIso, hour } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { libraryOf } from '#reference';
import type { Library } from '#reference';
import { loadReferenceFolder } from '#tables';
import { leftOpen } from './left-open.js';
import { Player } from './player.js';
import type { Script } from './script.js';

const photo = { sha256: 'a'.repeat(64), bytes: 9 };
/** Five in the afternoon of a Monday in Shanghai. */
const until = fromIso('2026-11-16T09:00:00.000Z');
const yangpu = async (): Promise<Library> => libraryOf([await loadReferenceFolder('seeds/yangpu')]);

interface Left {
  readonly street: string | undefined;
  readonly community: string | undefined;
  readonly at: string;
}

/** Where each incident stands when the play is over. */
const playedOut = async (library: Library, scripts: readonly Script[]): Promise<readonly Left[]> => {
  const store = new MemoryEventStore();
  const clock = new SimulatedClock(0);
  const desk = new IncidentDesk({ store, clock, library: () => library });
  await new Player({ desk, store, clock, library: () => library, until }).play(scripts);
  return Promise.all(scripts.map(async ({ incidentId, gridCode }) => {
    const { state } = await desk.load(incidentId);
    const facts = (await store.readStream(streamOf(incidentId))).map(({ type }) => type);
    const step = state.stage === 'open' ? `${state.rung} ${state.work.step}` : state.stage;
    const how = facts.includes('DeadlineBreached') ? ' late' : facts.includes('DeadlineWarned') && step.endsWith('acknowledged') ? ' soon late' : facts.includes('DispatchReturned') ? ' returned' : '';
    return { street: library.current.pathOf(gridCode)?.street, community: library.current.pathOf(gridCode)?.community, at: step + how };
  }));
};

describe('what a play leaves to whoever signs in 留案', () => {
  it.each([[1, '310110001009'], [2, '310110001015'], [34, '310110020016'], [40, '310110016012']])('is one of every kind for a desk and for a workstation, and nothing late but what is meant to be (seed %i, community %s)', async (seed, community) => {
    const library = await yangpu();
    const city = library.current;
    const plan = { seed, incidents: 18, community, until, photo };
    const scripts = leftOpen(city, plan);
    expect(leftOpen(city, plan)).toEqual(scripts);
    const left = await playedOut(library, scripts);
    const street = city.place(community)?.parent;
    expect(left.filter((each) => each.street === street).map(({ at }) => at)).toEqual(expect.arrayContaining([
      'reported', 'street filed', 'street filed returned', 'street handled', 'street acknowledged soon late', 'street acknowledged late', 'street acknowledged', 'street inspected',
    ]));
    expect(left.filter((each) => each.community === community).map(({ at }) => at)).toEqual(expect.arrayContaining(['grid dispatched', 'grid acknowledged']));
    expect(left.filter(({ at }) => at.endsWith(' late')).map(({ at }) => at).sort()).toEqual(['street acknowledged late', 'street acknowledged soon late']);
    expect(new Set(scripts.map(({ incidentId }) => incidentId)).size).toBe(18);
    for (const { reportedAt } of scripts) expect(until - reportedAt).toBeLessThan(4 * hour);
  });

  it('is as much as was asked for, also of nothing and where no community is known', async () => {
    const city = (await yangpu()).current;
    for (const incidents of [0, 1, 60]) expect(leftOpen(city, { seed: 1, incidents, community: '310110001009', until, photo })).toHaveLength(incidents);
    expect(leftOpen(city, { seed: 1, incidents: 9, community: '', until, photo })).toHaveLength(9);
  });
});
