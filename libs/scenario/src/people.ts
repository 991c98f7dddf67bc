import { engineActor } from '#kernel';
import type { Actor } from '#kernel';

/** People of the small city, by what they do. Grid worker A works in community S1A, B in S1B. */
export const people = {
  gridWorkerA: { id: 'wang', role: 'grid-worker', unit: 'S1A-station' },
  gridWorkerA2: { id: 'wu', role: 'grid-worker', unit: 'S1A-station' },
  gridWorkerB: { id: 'li', role: 'grid-worker', unit: 'S1B-station' },
  dispatcher: { id: 'zhao', role: 'street-dispatcher', unit: 'S1-centre' },
  dispatcher2: { id: 'qian', role: 'street-dispatcher', unit: 'S1-centre' },
  otherStreet: { id: 'sun', role: 'street-dispatcher', unit: 'S2-centre' },
  sanitation: { id: 'zhou', role: 'unit-handler', unit: 'S1-sanitation' },
  roads: { id: 'feng', role: 'unit-handler', unit: 'S1-roads' },
  order: { id: 'chen', role: 'unit-handler', unit: 'S1-order' },
  district: { id: 'zheng', role: 'district-dispatcher', unit: 'YP-centre' },
  districtRoads: { id: 'wei', role: 'unit-handler', unit: 'YP-roads' },
  city: { id: 'jiang', role: 'city-dispatcher', unit: 'SH-centre' },
  cityRoads: { id: 'shen', role: 'unit-handler', unit: 'SH-roads' },
  hotline: { id: 'hotline-12345', role: 'channel', unit: 'hotline' },
  engine: engineActor('loop:test'),
} as const satisfies Record<string, Actor>;

export type PersonName = keyof typeof people;
