import { entriesOf, withoutDuplicates } from './assemble-table.js';
import type { Entry, Findings, Table } from './assemble-table.js';
import { unitSeats } from './assemble-units.js';
import type { CatalogueRule } from './catalogue.js';
import type { DutyRule } from './duty.js';
import { rungs } from './ladder.js';
import type { Rung } from './ladder.js';
import type { Place, PlaceKind } from './place.js';
import type { Unit } from './unit.js';

const columns = ['duty_id', 'rung', 'subject', 'line', 'basis'];

/** Rungs on which every catalogue rule must find somebody; on the others the centre itself may hold what nobody answers for. */
const rungsWithDuty: readonly Rung[] = ['street', 'district'];

const readDuty = (entry: Entry): DutyRule | null => {
  const rung = entry.oneOf('rung', rungs, 'reference.unknown-rung');
  const duty = { dutyId: entry.code('duty_id'), subject: entry.code('subject'), line: entry.code('line'), basis: entry.text('basis') };
  return rung === null ? null : { ...duty, rung };
};

const placeKindOn = (rung: Rung): PlaceKind => Object.values(unitSeats).find((seat) => seat.rung === rung)?.place ?? 'city';

/** A line that is named but has nobody in some street would be found out only when an incident happens there. */
const checkCoverage = (pairs: readonly (readonly [Entry, DutyRule])[], units: readonly Unit[], places: readonly Place[]): void => {
  const covered = new Set(units.filter((unit) => unit.active).map((unit) => `${unit.rung} ${unit.line} ${unit.place}`));
  const seen = new Set<string>();
  for (const [entry, { rung, line }] of pairs) {
    if (seen.has(`${rung} ${line}`)) continue;
    seen.add(`${rung} ${line}`);
    const bare = places.filter((place) => place.kind === placeKindOn(rung) && !covered.has(`${rung} ${line} ${place.code}`));
    if (bare.length > 0) {
      const examples = bare.slice(0, 3).map((place) => `${place.code} ${place.name}`).join(', ');
      entry.problem('line', 'reference.line-uncovered', `no active unit of the line "${line}" on the ${rung} rung in ${bare.length} place(s), such as ${examples}`);
    }
  }
};

const checkSubjects = (pairs: readonly (readonly [Entry, DutyRule])[], rules: readonly (readonly [Entry, CatalogueRule])[]): void => {
  const subjects = new Set(rules.flatMap(([, rule]) => [rule.ruleId, rule.subclassCode, rule.classCode]));
  for (const [entry, duty] of pairs) {
    if (!subjects.has(duty.subject)) entry.problem('subject', 'reference.unknown-subject', `the catalogue knows no "${duty.subject}"`);
  }
  const answered = new Set(pairs.map(([, duty]) => `${duty.rung} ${duty.subject}`));
  for (const [entry, rule] of rules) {
    const bare = rungsWithDuty.filter((rung) => ![rule.ruleId, rule.subclassCode, rule.classCode].some((subject) => answered.has(`${rung} ${subject}`)));
    for (const rung of bare) entry.problem('rule_id', 'reference.no-duty', `nobody answers for "${rule.ruleId}" on the ${rung} rung`);
  }
};

export const assembleDuties = (
  findings: Findings,
  table: Table,
  rules: readonly (readonly [Entry, CatalogueRule])[],
  units: readonly Unit[],
  places: readonly Place[],
): readonly DutyRule[] => {
  const read = entriesOf(findings, table, columns).flatMap((entry) => {
    const duty = readDuty(entry);
    return duty ? [[entry, duty] as const] : [];
  });
  const named = withoutDuplicates(read, 'duty_id', (duty) => duty.dutyId);
  const pairs = withoutDuplicates(named, 'subject', ({ rung, subject, line }) => `${rung} ${subject} ${line}`, 'reference.duplicate-duty');
  checkSubjects(pairs, rules);
  checkCoverage(pairs, units, places);
  return pairs.map(([, duty]) => duty);
};
