import { randomUUID } from 'node:crypto';
import type { IncidentCommand } from '#incident';
import { second, toIso } from '#kernel';
import type { Actor } from '#kernel';
import { until } from './world.js';
import type { World } from './world.js';

/** What identifies somebody: it must turn up nowhere outside. */
export const canary = '王金丝雀';

/** A grid of the street whose sanitation has a system of its own. */
const gridOfUnit = '31011000100101';

const startedAt = Date.now() - 3_600 * second;

/** What was sent, and what has to come of it. */
export class Load {
  reports = 0;
  alarms = 0;
  poison = 0;
  private grids: readonly string[];
  private serial = 0;

  constructor(private readonly world: World) {
    this.grids = world.engine.shelf.library().current.reference.places.filter(({ kind }) => kind === 'grid').map(({ code }) => code);
  }

  /** One place of the city. */
  get grid(): string {
    return this.grids[0] ?? '';
  }

  /** Reports, every third of them twice; now and then what nobody can use. */
  async someReports(count: number): Promise<void> {
    const records = Array.from({ length: count }, (_, index) => {
      const id = (this.serial += 1);
      return this.world.report(`report-${id}`, { channel: 'hotline', externalId: `H-${id}`, gridCode: this.grids[id % this.grids.length], description: `${canary}说路面塌陷 ${index}`, reporter: { name: canary, telephone: '13812345678' } });
    });
    this.reports += count;
    const unsigned = records.slice(0, 2).map((record, index) => ({ ...record, headers: { ...record.headers, 'record-id': `forged-${this.serial}-${index}` } }));
    const tomorrow = this.world.report(`tomorrow-${this.serial}`, { channel: 'hotline', wish: canary });
    this.poison += unsigned.length + 1;
    await this.world.send([...records, ...records.filter((_, index) => index % 3 === 0), ...unsigned, tomorrow]);
  }

  /** Readings of so many sensors, each of which alarms once and trembles. */
  async someReadings(sensors: number): Promise<void> {
    const base = (this.serial += 1);
    const names = Array.from({ length: sensors }, (_, index) => `w-${base}-${index}`);
    for (const [step, value] of [3, 18, 20, 12, 22, 4, 19, 19].entries()) {
      const at = toIso(startedAt + step * 90 * second);
      await this.world.send(names.map((sensor, index) => this.world.readings(`m-${base}-${step}-${index}`, { readings: [0, 61].map((seconds) => ({
        sensor, sign: 'water-depth', value, at: toIso(Date.parse(at) + seconds * second / 2), gridCode: this.grids[index % this.grids.length] ?? '',
      })) }, sensor)));
    }
    // 18 for 30 seconds, then 20 after 90: held for a minute. Cleared at 4, and beyond again while the incident is open.
    this.alarms += sensors;
  }

  /** So many incidents that a street has given to its sanitation by hand. */
  async someDispatched(count: number): Promise<readonly string[]> {
    const citizens: Actor = { id: randomUUID(), role: 'channel', unit: 'citizen' };
    const centre: Actor = { id: randomUUID(), role: 'street-dispatcher', unit: 'YP-S-001' };
    const { desk } = this.world.engine;
    return Promise.all(Array.from({ length: count }, async () => {
      const incidentId = randomUUID();
      const steps: readonly (readonly [Actor, Omit<IncidentCommand, 'data'> & { readonly data: object }])[] = [
        [citizens, { type: 'ReportIncident', data: { channel: 'citizen', gridCode: gridOfUnit } }],
        [centre, { type: 'AcceptIncident', data: {} }],
        [centre, { type: 'FileIncident', data: { ruleId: 'E-01-02.1', grade: 'general' } }],
        [centre, { type: 'DispatchIncident', data: { unit: 'YP-S-001-sanitation' } }],
      ];
      for (const [actor, { type, data }] of steps) {
        const commandId = randomUUID();
        await desk.execute({ command: { type, data: { incidentId, ...data } } as IncidentCommand, actor, commandId, correlationId: commandId });
      }
      return incidentId;
    }));
  }

  /** Waits until everything that was sent has become what it should, and all facts of it are out. */
  async arrived(): Promise<void> {
    await until(`${this.reports} reports`, async () => (await this.world.incidents('hotline')) >= this.reports);
    await until(`${this.alarms} alarms`, async () => (await this.world.incidents('sensor')) >= this.alarms);
    await this.world.allOut();
  }
}
