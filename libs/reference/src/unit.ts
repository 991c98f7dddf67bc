import type { Rung } from './ladder.js';

/** What a unit is in the loops: a centre dispatches and supervises, the others handle. */
export type UnitKind = 'workstation' | 'street-centre' | 'street-unit' | 'district-centre' | 'commission' | 'city-centre' | 'bureau';

/** 责任单位 Whoever can be made accountable for an incident. */
export interface Unit {
  readonly code: string;
  readonly name: string;
  readonly kind: UnitKind;
  /** Rung on which the unit works. A workstation of a community works on `grid`. */
  readonly rung: Rung;
  /** Code of the place that the unit answers for. */
  readonly place: string;
  /** Line of duty by which duty rules find the unit, such as `sanitation`; the same word in every street. */
  readonly line: string;
  readonly active: boolean;
}

export const centreKinds: readonly UnitKind[] = ['workstation', 'street-centre', 'district-centre', 'city-centre'];
