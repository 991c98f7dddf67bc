import { expectThat } from './checks.js';
import type { Check } from './checks.js';
import { Seat } from './desk-seat.js';
import { lived, violationsOn } from './screens.js';

/** A dispatcher whose street has nothing to do. */
const idle = 's009-dispatcher';

const defect = { status: 500, contentType: 'application/problem+json', body: JSON.stringify({ type: 'urn:threeloops:problem:engine.defect', title: 'Defect', status: 500, code: 'engine.defect', detail: 'The engine made a mistake.', traceId: '0' }) };

export const stateChecks: readonly Check[] = [
  {
    id: 'S01', title: 'every main screen shows that it loads, that it failed and that nobody answers, and axe finds nothing there',
    walk: async (stage) => {
      const incidentId = await lived(stage);
      const screens = [
        ['s001-dispatcher', '/desk', 'desk', /\/api\/open-incidents/], ['s001-dispatcher', `/incidents/${incidentId}`, 'incident', /\/api\/incidents\/[0-9a-f]/], ['s001-dispatcher', `/incidents/${incidentId}/replay`, 'replay', /\/api\/incidents\/[0-9a-f]/],
        ['district-dispatcher', '/district', 'board', /\/api\/(open-incidents|deadlines|queues)/], ['district-dispatcher', '/figures?metric=onTimeHandlingRate&by=street', 'figures', /\/api\/metrics/],
        ['administrator', '/admin?tab=accounts', 'admin', /\/api\/accounts/],
      ] as const;
      const found: string[] = [];
      for (const [login, path, name, asked] of screens) {
        for (const state of ['loading', 'error', 'offline'] as const) {
          const seat = await Seat.of(stage, login, '/');
          const held: (() => void)[] = [];
          await seat.page.route(asked, async (route) => {
            if (state === 'error') await route.fulfill(defect);
            else if (state === 'offline') await route.abort();
            else {
              await new Promise<void>((resume) => held.push(resume));
              await route.abort().catch(() => undefined);
            }
          });
          await seat.open(path);
          // What did not arrive is asked for twice more before it is given up.
          if (state === 'loading') await seat.page.locator('#main').waitFor();
          else await seat.page.getByRole('alert').first().waitFor({ timeout: 20_000 });
          await seat.visit.picture(`state-${name}-${state}`);
          const violations = await violationsOn(seat.page);
          if (violations !== '') found.push(`${name}, ${state}: ${violations}`);
          for (const resume of held) resume();
          await seat.visit.context.close();
        }
      }
      const seat = await Seat.of(stage, idle);
      await seat.page.locator('.nothing').waitFor();
      await seat.visit.picture('state-desk-empty');
      const violations = await violationsOn(seat.page);
      if (violations !== '') found.push(`desk, empty: ${violations}`);
      expectThat(found.length === 0, found.join('\n'));
    },
  },
];
