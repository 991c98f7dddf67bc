import { assembleCalendar } from './assemble-calendar.js';
import { assembleCatalogue } from './assemble-catalogue.js';
import { assembleDuties } from './assemble-duties.js';
import { JsonField } from './assemble-json.js';
import { assemblePlaces } from './assemble-places.js';
import { assemblePolicy } from './assemble-policy.js';
import { Findings } from './assemble-table.js';
import type { JsonFile, Problem, Table } from './assemble-table.js';
import { assembleUnits } from './assemble-units.js';
import type { Bounds } from './place.js';
import type { Reference } from './reference.js';

/** What a city hands over: four tables and three JSON files, read but not yet understood. */
export interface ReferenceTables {
  readonly places: Table;
  readonly units: Table;
  readonly catalogue: Table;
  readonly duties: Table;
  readonly city: JsonFile;
  readonly policy: JsonFile;
  readonly calendar: JsonFile;
}

const readBounds = (field: JsonField): Bounds => {
  const fields = field.object(['west', 'south', 'east', 'north']);
  const bounds = {
    west: fields.west.number({ least: -180, most: 180 }),
    south: fields.south.number({ least: -90, most: 90 }),
    east: fields.east.number({ least: -180, most: 180 }),
    north: fields.north.number({ least: -90, most: 90 }),
  };
  if (bounds.west >= bounds.east || bounds.south >= bounds.north) field.problem('reference.empty-bounds', 'west must lie west of east and south south of north');
  return bounds;
};

/**
 * 底数 Understands what a city hands over. Either everything is sound and `reference` is given, or `problems` names every flaw with its
 * file, line, field and a stable code, and `reference` is null: half a reference would send incidents nowhere.
 */
export const assembleReference = (tables: ReferenceTables): { readonly reference: Reference | null; readonly problems: readonly Problem[] } => {
  const findings = new Findings();
  const city = JsonField.of(findings, tables.city).object(['version', 'cityName', 'bounds', 'catalogueVersion', 'dutiesVersion']);
  const bounds = readBounds(city.bounds);
  const places = assemblePlaces(findings, tables.places, bounds);
  const units = assembleUnits(findings, tables.units, places);
  const rules = assembleCatalogue(findings, tables.catalogue);
  const duties = assembleDuties(findings, tables.duties, rules, units, places);
  const ruleList = rules.map(([, rule]) => rule);
  const reference: Reference = {
    version: city.version.text(),
    cityName: city.cityName.text(),
    bounds,
    places,
    units,
    catalogue: { version: city.catalogueVersion.text(), rules: ruleList },
    duties: { version: city.dutiesVersion.text(), rules: duties },
    policy: assemblePolicy(JsonField.of(findings, tables.policy), ruleList),
    calendar: assembleCalendar(JsonField.of(findings, tables.calendar)),
  };
  return { reference: findings.problems.length === 0 ? reference : null, problems: findings.problems };
};
