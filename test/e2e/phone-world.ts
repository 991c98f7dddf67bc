import { randomUUID } from 'node:crypto';
import { streamOf } from '#engine';
import type { IncidentRow } from '#views';
import { until } from './checks.js';
import type { Stage } from './harness.js';

const everything = { places: null, unit: null };
/** The grid that the phones of the checks stand in, its workstation, and a rule that a workstation answers for. */
export const grid = '31011000100101';
export const workstation = 'YP-G-001001';
export const rule = 'E-01-10.1';
export const worker = 'g001-1';
/** Somebody of another community, to whom nothing happens. */
export const quietWorker = 'g001-3';
const centre = 's001-dispatcher';

export const incidentsOf = async (stage: Stage): Promise<readonly IncidentRow[]> =>
  (await stage.engine.views.incidents(everything, {}, { sort: 'reportedAt', direction: 'ascending', cursor: null, limit: 200 })).items;

/** The incidents that have come since, once there are as many. */
export const newIncidents = async (stage: Stage, before: readonly IncidentRow[], count: number): Promise<readonly IncidentRow[]> => {
  const known = new Set(before.map(({ incidentId }) => incidentId));
  return until(async () => (await incidentsOf(stage)).filter(({ incidentId }) => !known.has(incidentId)), (rows) => rows.length === count, `${count} new incidents`, 20_000);
};

export const factsOf = async (stage: Stage, incidentId: string): Promise<readonly { readonly type: string; readonly data: unknown }[]> =>
  (await stage.engine.log.store.readStream(streamOf(incidentId))).map(({ type, data }) => ({ type, data }));

export const factAppears = (stage: Stage, incidentId: string, type: string): Promise<unknown> =>
  until(async () => (await factsOf(stage, incidentId)).map((fact) => fact.type), (types) => types.includes(type), `${type} of ${incidentId}`, 20_000);

/** An incident that was dispatched to a unit: by its own workstation to itself, or by the street to a street unit. */
export const dispatched = async (stage: Stage, to: string = workstation, ruleId: string = rule, address = '杨浦区示意路 1 号'): Promise<string> => {
  const incidentId = randomUUID();
  await stage.tell(worker, '/api/incidents', { incidentId, channel: 'grid', gridCode: grid, location: { longitude: 121.5494, latitude: 31.2752 }, ruleHint: ruleId, description: '垃圾桶旁成堆的生活垃圾，已有异味', address });
  const tell = (login: string, path: string, body: object = {}): Promise<unknown> => stage.tell(login, `/api/incidents/${incidentId}/${path}`, body);
  await tell(worker, 'accept');
  await tell(worker, 'file', { ruleId, grade: 'general' });
  await tell(to === workstation ? worker : centre, 'dispatch', { unit: to });
  return incidentId;
};

/** One that a street unit has handled, for others to inspect. */
export const handledByStreet = async (stage: Stage): Promise<string> => {
  const incidentId = await dispatched(stage, 'YP-S-001-roads', 'C-01-01.2', '杨浦区示意路 8 号');
  await stage.tell('s001-roads', `/api/incidents/${incidentId}/acknowledge`);
  await stage.tell('s001-roads', `/api/incidents/${incidentId}/handle`, { note: '井盖已更换' });
  return incidentId;
};

