import type { IncidentEvent } from '#events';
import type { RecordedEvent } from '#kernel';
import { foldIncident, foldOwnIncident } from '#views';
import type { DeadlineRow, IncidentView } from '#views';
import type { PartyRow } from './tables.js';

export interface CachedView {
  view: IncidentView;
  /** What stands in the tables; null when nothing does. */
  written: IncidentView | null;
}

/** What a set of views has that the tables do not have yet. */
export interface Unwritten {
  readonly incidents: IncidentView[];
  readonly deadlines: DeadlineRow[];
  readonly parties: PartyRow[];
}

/**
 * Present views of the incidents that were touched last, each beside what is written of it. The fold gives unchanged parts back as
 * the same objects, so comparing the two is comparing references.
 */
export class ViewCache {
  private readonly views = new Map<string, CachedView>();

  get size(): number {
    return this.views.size;
  }

  clear(): void {
    this.views.clear();
  }

  /** Those of the incidents that are not here. */
  missing(incidentIds: Iterable<string>): string[] {
    const missing: string[] = [];
    for (const id of incidentIds) if (!this.views.has(id)) missing.push(id);
    return missing;
  }

  putLoaded(loaded: ReadonlyMap<string, IncidentView>): void {
    for (const [id, view] of loaded) this.views.set(id, { view, written: view });
  }

  /** Makes these incidents the last ones to be let go of. */
  touch(incidentIds: Iterable<string>): void {
    for (const id of incidentIds) {
      const cached = this.views.get(id);
      if (!cached) continue;
      this.views.delete(id);
      this.views.set(id, cached);
    }
  }

  /** Folds one fact in; false when it was there already. A view that was never written nobody else can hold. */
  fold(event: RecordedEvent<IncidentEvent>): boolean {
    const id = event.data.incidentId;
    const cached = this.views.get(id);
    if (!cached) {
      this.views.set(id, { view: foldIncident(null, event), written: null });
      return true;
    }
    if (event.version <= cached.view.incident.revision) return false;
    cached.view = cached.written === null ? foldOwnIncident(cached.view, event) : foldIncident(cached.view, event);
    return true;
  }

  /** Of these incidents, or of all, what has to be written. */
  pending(incidentIds: Iterable<string> = this.views.keys()): CachedView[] {
    const pending: CachedView[] = [];
    for (const id of incidentIds) {
      const cached = this.views.get(id);
      if (cached && cached.view !== cached.written) pending.push(cached);
    }
    return pending;
  }

  /** The `count` views that were not touched for longest. */
  oldest(count: number): string[] {
    const ids: string[] = [];
    for (const id of this.views.keys()) {
      if (ids.length >= count) break;
      ids.push(id);
    }
    return ids;
  }

  forget(incidentIds: Iterable<string>): void {
    for (const id of incidentIds) this.views.delete(id);
  }
}

export const unwrittenOf = (pending: readonly CachedView[]): Unwritten => {
  const unwritten: Unwritten = { incidents: [], deadlines: [], parties: [] };
  for (const { view, written } of pending) {
    unwritten.incidents.push(view);
    if (view.deadlines !== written?.deadlines) {
      const known = new Set(written?.deadlines);
      for (const row of view.deadlines) if (!known.has(row)) unwritten.deadlines.push(row);
    }
    if (view.parties !== written?.parties) {
      for (const unit of view.parties) if (!written?.parties.includes(unit)) unwritten.parties.push({ incidentId: view.incident.incidentId, unit });
    }
  }
  return unwritten;
};

export const setWritten = (pending: readonly CachedView[]): void => {
  for (const cached of pending) cached.written = cached.view;
};
