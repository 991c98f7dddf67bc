import type { Catalogue } from './catalogue.js';
import type { DutyCatalogue } from './duty.js';
import type { Bounds, Place } from './place.js';
import type { Policy } from './policy.js';
import type { Unit } from './unit.js';
import type { WorkCalendar } from './calendar.js';

/** 底数 All that the city has laid down, at one moment: what an import brings and an activation puts in force. */
export interface Reference {
  readonly version: string;
  readonly cityName: string;
  readonly bounds: Bounds;
  readonly places: readonly Place[];
  readonly units: readonly Unit[];
  readonly catalogue: Catalogue;
  readonly duties: DutyCatalogue;
  readonly policy: Policy;
  readonly calendar: WorkCalendar;
}
