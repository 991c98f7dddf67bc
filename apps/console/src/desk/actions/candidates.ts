import type { City, Unit } from '../../shared/city.js';
import type { Clock, Fact, Picture } from '../incident/picture.js';

type Row = Pick<Picture['incident'], 'grid' | 'community' | 'street' | 'district' | 'rung'>;

export const rungs = ['grid', 'street', 'district', 'city'] as const;

const centres = new Set(['street-centre', 'district-centre', 'city-centre']);

const answersFor = (city: City, unit: Unit, row: Row): boolean => [row.grid, row.community, row.street, row.district, city.places.get(row.district)?.parent].includes(unit.place);

/** Units of the incident's own rung that answer for its place: the engine accepts no other for a dispatch. */
export const dispatchable = (city: City, row: Row): readonly Unit[] => [...city.units.values()].filter((unit) => unit.active && !centres.has(unit.kind) && unit.rung === row.rung && answersFor(city, unit, row));

/** Arbitration names a unit of the rung or above. */
export const arbitrable = (city: City, row: Row): readonly Unit[] =>
  [...city.units.values()].filter((unit) => unit.active && !centres.has(unit.kind) && rungs.indexOf(unit.rung) >= rungs.indexOf(row.rung ?? 'grid') && answersFor(city, unit, row));

/** Every unit that answers for the place, of whatever rung, may be whistled to the scene. */
export const summonable = (city: City, row: Row): readonly Unit[] => [...city.units.values()].filter((unit) => unit.active && unit.kind !== 'workstation' && !centres.has(unit.kind) && answersFor(city, unit, row));

export interface Whistle {
  readonly whistleId: string;
  readonly by: string;
  readonly ended: boolean;
  readonly units: readonly { readonly unit: string; readonly arrivedAt: string | null; readonly clock: Clock | null }[];
}

/** 吹哨点名 Every whistle of the incident with who has arrived, and the clock of each department. */
export const whistlesOf = (facts: readonly Fact[], clocks: readonly Clock[]): readonly Whistle[] =>
  facts.flatMap(({ type, data }) => {
    if (type !== 'Whistled') return [];
    const { whistleId, by, units, clocks: changes } = data as unknown as { whistleId: string; by: string; units: string[]; clocks: { clockId: string; unit?: string }[] };
    const ofWhistle = (other: Fact): boolean => (other.data as { whistleId?: string }).whistleId === whistleId;
    return [{
      whistleId,
      by,
      ended: facts.some((other) => other.type === 'WhistleEnded' && ofWhistle(other)),
      units: units.map((unit) => ({
        unit,
        arrivedAt: facts.find((other) => other.type === 'ReportedIn' && ofWhistle(other) && (other.data as { unit?: string }).unit === unit)?.recordedAt ?? null,
        clock: clocks.find(({ clockId }) => clockId === changes.find((change) => change.unit === unit)?.clockId) ?? null,
      })),
    }];
  });

/** 督办 Orders that have not been answered yet. */
export const openSupervisions = (facts: readonly Fact[]): readonly { readonly supervisionId: string; readonly unit: string; readonly recordedAt: string }[] => {
  const idOf = ({ data }: Fact): string => String((data as { supervisionId?: unknown }).supervisionId);
  const answered = new Set(facts.filter(({ type }) => type === 'SupervisionAnswered').map(idOf));
  return facts.filter((fact) => fact.type === 'SupervisionIssued' && !answered.has(idOf(fact))).map((fact) => ({ supervisionId: idOf(fact), unit: String((fact.data as { unit?: unknown }).unit), recordedAt: fact.recordedAt }));
};
