import { LRUCache } from 'lru-cache';
import type { CommandDesk } from '#engine';
import type { PlacePath } from '#events';
import { unitsInvolved } from '#identity';
import type { RecordedEvent } from '#kernel';
import { seesPlace } from '#views';
import type { Scope } from '#views';

interface Known {
  readonly place: PlacePath;
  readonly units: Set<string>;
}

const unitFields = ['accountableUnit', 'unit', 'arbiter', 'fromUnit', 'handlingUnit'] as const;
const unitLists = ['assisting', 'informed', 'units'] as const;

const unitsIn = (data: Record<string, unknown>): readonly string[] => [
  ...unitFields.map((field) => data[field]),
  ...unitLists.flatMap((field) => (Array.isArray(data[field]) ? (data[field] as unknown[]) : [])),
].filter((unit): unit is string => typeof unit === 'string');

/**
 * 视野 Where an incident is and who has to do with it, learnt from the facts as they pass by; only an incident that was reported before
 * anybody listened is loaded, once.
 */
export class Sight {
  private readonly known = new LRUCache<string, Known>({ max: 20_000 });

  constructor(private readonly desk: Pick<CommandDesk, 'load'>) {}

  async learn(incidentId: string, { type, data }: RecordedEvent): Promise<void> {
    const facts = data as Record<string, unknown>;
    let known = this.known.get(incidentId);
    if (!known) {
      if (type === 'IncidentReported') known = { place: facts['place'] as PlacePath, units: new Set() };
      else {
        const { state } = await this.desk.load(incidentId);
        if (state.stage === 'unknown') return;
        known = { place: state.origin.place, units: new Set(unitsInvolved(state)) };
      }
      this.known.set(incidentId, known);
    }
    for (const unit of unitsIn(facts)) known.units.add(unit);
  }

  sees(scope: Scope, incidentId: string): boolean {
    const known = this.known.get(incidentId);
    return known !== undefined && seesPlace(scope, known.place, known.units);
  }
}
