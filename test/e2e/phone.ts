import { until, expectThat } from './checks.js';
import type { Check } from './checks.js';
import type { Stage } from './harness.js';
import { Hand } from './phone-hand.js';
import { cameraPhoto } from './photos.js';
import type { IncidentRow } from '#views';

const everything = { places: null, unit: null };

const incidentsOf = async (stage: Stage): Promise<readonly IncidentRow[]> =>
  (await stage.engine.views.incidents(everything, {}, { sort: 'reportedAt', direction: 'ascending', cursor: null, limit: 200 })).items;

const reportIn = async (stage: Stage, before: readonly IncidentRow[], count: number): Promise<readonly IncidentRow[]> => {
  const known = new Set(before.map(({ incidentId }) => incidentId));
  return until(async () => (await incidentsOf(stage)).filter(({ incidentId }) => !known.has(incidentId)), (rows) => rows.length === count, `${count} new incidents`);
};

export const phoneChecks: readonly Check[] = [
  {
    id: 'A01', title: 'a report with a photo is filed in at most 4 taps, and has its grid, its place and its photo',
    walk: async (stage) => {
      const photo = await cameraPhoto();
      const before = await incidentsOf(stage);
      const hand = await Hand.with(stage, 'g001-1');
      await hand.visit.picture('phone-tasks-empty');
      await hand.shoot(hand.reportTab, photo);
      await hand.page.getByText('按定位').waitFor();
      await hand.tap(hand.page.locator('.chips .chip').first());
      await hand.visit.picture('phone-report');
      await hand.tap('提交上报');
      const [row] = await reportIn(stage, before, 1);
      expectThat(hand.taps <= 4, `${hand.taps} taps`);
      expectThat(row?.grid === '31011000100101' && row.location?.longitude === 121.548_344 && row.photos.length === 1 && row.ruleHint !== null, JSON.stringify(row));
      await hand.page.getByRole('article').first().waitFor();
      await hand.visit.picture('phone-tasks');
      expectThat(hand.visit.complaints.length === 0, hand.visit.complaints.join('\n'));
    },
  },
];
