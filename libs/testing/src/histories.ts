import { schemaOf } from '#events';
import type { IncidentEvent } from '#events';
import { minute, toIso } from '#kernel';
import type { Actor, Instant, RecordedEvent } from '#kernel';
import { Life, pick, uuidOf } from './history-life.js';
import type { Facts } from './history-life.js';

/** A small generator of random numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export const chances = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export interface HistoryOptions {
  readonly seed: number;
  /** How many incidents there are in all. */
  readonly incidents: number;
  /** How many of them are under way at the same time, their facts in random turns. */
  readonly concurrent?: number;
  /** The log before the first fact. */
  readonly after?: { readonly position: number; readonly now: Instant };
}

const actors: readonly Actor[] = [
  { id: 'u1', role: 'street-dispatcher', unit: 'S01-centre' },
  { id: 'u3', role: 'unit-handler', unit: 'S01-sanitation' },
  { id: 'loop-grid', role: 'engine', unit: 'engine' },
];

interface Running {
  readonly stream: string;
  readonly facts: Facts;
  version: number;
}

/**
 * A log made up by chance: incidents that live side by side, in the order of the log, with versions, positions and times as a store
 * would record them. The same options give the same log. Every kind of fact but the duplicate's and the sample's can occur.
 */
export function* incidentHistories({ seed, incidents, concurrent = 200, after }: HistoryOptions): Generator<RecordedEvent<IncidentEvent>, void, void> {
  const chance = chances(seed);
  let now: Instant = after?.now ?? Date.UTC(2026, 0, 5, 0, 0, 0);
  let position = after?.position ?? 0;
  let begun = 0;
  const running: Running[] = [];
  for (;;) {
    while (running.length < concurrent && begun < incidents) {
      begun += 1;
      const incidentId = uuidOf(chance);
      running.push({ stream: `incident-${incidentId}`, facts: new Life({ incidentId, chance, now: () => now }).run(), version: 0 });
    }
    if (running.length === 0) return;
    const at = Math.floor(chance() * running.length);
    const one = running[at];
    if (!one) return;
    const { value: fact, done } = one.facts.next();
    if (done || !fact) {
      const last = running.pop();
      if (last && last !== one) running[at] = last;
      continue;
    }
    now += 1 + Math.floor(chance() * 900);
    position += 1;
    one.version += 1;
    yield {
      ...fact, eventId: uuidOf(chance), stream: one.stream, version: one.version, position, schema: schemaOf(fact.type), recordedAt: toIso(now),
      actor: pick(chance, actors), commandId: uuidOf(chance), correlationId: uuidOf(chance),
      ...(chance() < 0.1 ? { claimedAt: toIso(now - minute) } : {}), ...(chance() < 0.05 ? { onBehalfOf: 'u9' } : {}),
    };
  }
}
