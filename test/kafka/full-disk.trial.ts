import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '#kernel';
import { SmallDisk } from '../crash/small-disk.js';
import { Load } from './load.js';
import { trialVersion } from './trial-version.js';
import { until, World } from './world.js';

/** Enough for a new broker and what a trial writes. */
const megabytes = 256;
const folder = mkdtempSync(join(tmpdir(), 'threeloops-kafka-disk-'));
const disk = SmallDisk.at(folder, megabytes);
if (!disk) {
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write('A broker whose disk is full: left out, since only root may mount one.\n');
}

const clerk: Actor = { id: randomUUID(), role: 'channel', unit: 'hotline' };

(disk ? describe : describe.skip)(`a broker of Kafka ${trialVersion} with nothing left on its disk`, () => {
  let world: World;
  let load: Load;
  let taken = 0;

  beforeAll(async () => {
    world = await World.open({ within: folder });
    await world.createTopics();
    load = new Load(world);
    await world.startWorker('only');
  }, 120_000);

  afterAll(async () => {
    const ends = await world.close();
    disk?.remove();
    rmSync(folder, { recursive: true, force: true });
    expect(ends).toEqual([0]);
  }, 120_000);

  /** A report that comes by no bus: work goes on without one. */
  const reportByTelephone = async (): Promise<void> => {
    const [commandId, incidentId] = [randomUUID(), randomUUID()];
    taken += 1;
    const { status } = await world.engine.desk.execute({
      command: { type: 'ReportIncident', data: { incidentId, channel: 'hotline', externalId: `T-${taken}`, gridCode: load.grid } }, actor: clerk, commandId, correlationId: commandId,
    });
    expect(status).toBe('recorded');
  };
  const figure = (name: string): Promise<number> => world.figure('only', `threeloops_kafka_${name}`);

  it('takes in and gives out while there is room', async () => {
    await load.someReports(40);
    await load.someReadings(4);
    await load.arrived();
    expect([await figure('out_working'), await figure('in_working')]).toEqual([1, 1]);
  });

  it.each([1, 2])('gives up, round %d: people work on, the worker says so and waits, and with room again all goes on without it being started anew', async () => {
    disk?.fill();
    const sending = load.someReports(40);
    for (let report = 0; report < 20; report += 1) await reportByTelephone();
    await until('the worker says that nothing goes out', async () => (await figure('out_working')) === 0);
    // A broker without room ends by itself.
    await until('the broker gives up', () => world.broker.gaveUp(1));
    await reportByTelephone();
    expect(world.workers.get('only')?.running).toBe(true);
    disk?.clear();
    await world.broker.startNode(1);
    await world.broker.ready();
    await sending;
    await load.someReadings(4);
    await load.arrived();
    await until('the worker says that records go out and come in', async () => (await figure('out_working')) + (await figure('in_working')) === 2);
  });

  it('every report and every alarm is one incident, and every fact is outside', async () => {
    expect([await world.incidents('hotline'), await world.incidents('sensor')]).toEqual([load.reports + taken, load.alarms]);
    const inLog = (await world.factsInLog()).filter(({ stream }) => stream.startsWith('incident-')).map(({ eventId }) => eventId);
    expect(new Set((await world.read('facts.incident')).map(({ headers }) => headers['event-id'] ?? ''))).toEqual(new Set(inLog));
  });
});
