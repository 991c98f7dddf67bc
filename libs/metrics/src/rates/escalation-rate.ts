import { height, loopOf } from '#reference';
import type { Loop, Rung } from '#reference';
import type { Ledger, Mark } from '../ledger.js';
import { metric } from '../metric.js';
import type { Entry } from '../metric.js';

interface Stay {
  readonly rung: Rung;
  readonly unit: string | null;
  readonly since: number;
  readonly left: Mark | null;
}

/** Every loop that held the incident, from when on, and the climb out of it if there was one. */
const staysIn = ({ filed, transfers, accountableUnit }: Ledger): ReadonlyMap<Loop, Stay> => {
  const stays = new Map<Loop, Stay>();
  if (!filed) return stays;
  stays.set(loopOf(filed.rung), { rung: filed.rung, unit: accountableUnit, since: filed.position, left: null });
  for (const transfer of transfers) {
    const from = loopOf(transfer.fromRung);
    const to = loopOf(transfer.toRung);
    if (from === to) continue;
    const stay = stays.get(from);
    if (stay && !stay.left && height(transfer.toRung) > height(transfer.fromRung)) stays.set(from, { ...stay, unit: transfer.fromUnit, left: transfer });
    if (!stays.has(to)) stays.set(to, { rung: transfer.toRung, unit: accountableUnit, since: transfer.position, left: null });
  }
  return stays;
};

const entries = (ledger: Ledger): readonly Entry[] =>
  [...staysIn(ledger)].map(([loop, { rung, unit, since, left }]) => ({
    at: ledger.filed?.at ?? ledger.reported.at, rung, loop, unit, value: left ? 1 : 0, exempt: false, positions: left ? [since, left.position] : [since],
  }));

/** 升级率 = 升出本循环的案件数 ÷ 本循环承办的案件数. */
export const escalationRate = metric({
  name: 'escalationRate', chinese: '升级率', formula: '升出本循环的案件数 ÷ 本循环承办的案件数', cohort: 'filing', counts: 'loop', better: 'lower',
  meaning: 'Every loop that held an incident counts it once; a climb from the district to the city stays inside the city loop. Voided and merged incidents stay.',
  entriesOf: entries,
});
