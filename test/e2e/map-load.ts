import type { Reference } from '#reference';
import { engineActor } from '#kernel';
import { expectThat, until } from './checks.js';
import type { Check } from './checks.js';
import { Colleague } from './colleague.js';
import { Seat } from './desk-seat.js';
import type { Stage } from './harness.js';
import { withinGoals } from './pace.js';

const gridsWanted = 2_000;
const pinsWanted = 5_000;
const atOnce = 8;
const viewsWithinMs = 60_000;

/** The city with more grids between its own, as a larger district has them. */
const enlarged = (reference: Reference): Reference => {
  const grids = reference.places.filter(({ kind }) => kind === 'grid');
  const more = Array.from({ length: Math.max(0, gridsWanted - grids.length) }, (_none, index) => {
    const grid = grids[index % grids.length] as (typeof grids)[number];
    const round = 1 + Math.floor(index / grids.length);
    return { ...grid, code: `${grid.code}X${round}`, name: `${grid.name}之${round}`, longitude: (grid.longitude ?? 0) + 0.0011 * round, latitude: (grid.latitude ?? 0) + 0.0008 * round };
  });
  return { ...reference, version: `${reference.version}-large`, places: [...reference.places, ...more] };
};

/** Everything that is open, spread over all grids. */
const fill = async (stage: Stage, reference: Reference): Promise<void> => {
  const centre = await Colleague.of(stage, 'district-dispatcher');
  const open = (await centre.ask('GET', '/api/open-incidents')).json as { items: readonly unknown[] };
  const grids = reference.places.filter(({ kind }) => kind === 'grid');
  for (let made = open.items.length; made < pinsWanted; made += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_none, nth) => centre.reports({ gridCode: grids[((made + nth) * 7) % grids.length]?.code })));
  }
};

/** When the map had been drawn with its grids and then with all pins, by the page's own clock. */
const measures = `
  globalThis.drawnAt = { grids: 0, pins: 0 };
  new MutationObserver((_changes, observer) => {
    const [grids = '0', pins = '0'] = (document.querySelector('.incident-map')?.getAttribute('aria-label') ?? '').match(/\\d+/g) ?? [];
    const note = (what) => requestAnimationFrame(() => setTimeout(() => { drawnAt[what] ||= performance.now(); }));
    if (Number(grids) >= ${gridsWanted}) note('grids');
    if (Number(pins) < ${pinsWanted}) return;
    note('pins');
    observer.disconnect();
  }).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ['aria-label'] });
`;

export const mapLoadChecks: readonly Check[] = [
  {
    id: 'A25', title: 'two thousand grids and five thousand pins are painted within 1.5 s without WebGL, the list holds all of them, and tiles that are down change nothing',
    walk: async (stage) => {
      const reference = enlarged(stage.engine.shelf.library().current.reference);
      await stage.engine.shelf.activate(reference, engineActor('e2e'));
      await fill(stage, reference);
      const { position } = await stage.engine.log.store.head();
      await until(() => stage.engine.views.position(), (seen) => seen >= position, 'position of the views', viewsWithinMs);
      const seat = await Seat.of(stage, 'district-dispatcher');
      await seat.page.addInitScript(measures);
      const told = { url: 'http://tiles.invalid/{z}/{x}/{y}.png', note: '底图' };
      await seat.page.route('**/api/map', (route) => route.fulfill({ contentType: 'application/json', body: JSON.stringify({ tiles: told }) }));
      await seat.open('/desk');
      const drawnAt = await until(() => seat.page.evaluate<{ grids: number; pins: number }>('drawnAt'), ({ pins }) => pins > 0, 'the map with its pins');
      const arrivedAt = await seat.page.evaluate<number>("performance.getEntriesByType('resource').find(({ name }) => name.includes('/api/open-incidents')).responseEnd");
      await withinGoals(seat.page, [{ what: 'the grids', ms: drawnAt.grids, goalMs: 1_500 }, { what: 'the pins, once they came,', ms: drawnAt.pins - arrivedAt, goalMs: 1_500 }]);
      const drawn = ((await seat.page.locator('.incident-map').getAttribute('aria-label')) ?? '').match(/\d+/g)?.map(Number) ?? [];
      expectThat((drawn[0] ?? 0) >= gridsWanted && (drawn[1] ?? 0) >= pinsWanted, `the map holds ${drawn.join(' and ')}`);
      expectThat(await seat.page.evaluate<boolean>("document.createElement('canvas').getContext('webgl') === null"), 'this browser has WebGL');
      await until(() => seat.page.locator('.desk-page .count').textContent(), (text) => Number.parseInt(text ?? '', 10) >= pinsWanted, 'all rows in the list');
      expectThat((await seat.page.locator('.queue-row').count()) < 60, 'rows that nobody sees are in the document');
      await seat.page.locator('.incident-map .note.down').waitFor();
      expectThat((await seat.page.locator('.incident-map .note.down').count()) === 1, 'the tiles are told of more than once');
      await seat.visit.picture('map-large');
      for (let step = 0; step < 3; step += 1) await seat.page.getByRole('button', { name: '放大' }).click();
      await seat.visit.picture('map-large-near');
    },
  },
];
