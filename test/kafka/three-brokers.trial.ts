import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Load } from './load.js';
import { trialVersion } from './trial-version.js';
import { World } from './world.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

describe(`three brokers of Kafka ${trialVersion}, of which two have to keep every record`, () => {
  let world: World;
  let load: Load;

  beforeAll(async () => {
    world = await World.open({ count: 3 });
    await world.createTopics();
    load = new Load(world);
    await world.startWorker('first');
    await world.startWorker('second');
  }, 180_000);

  afterAll(async () => {
    const ends = await world.close();
    expect(ends.every((end) => end === 0)).toBe(true);
  }, 120_000);

  it('go on when one of them dies under load', async () => {
    await load.someReports(60);
    const sending = Promise.all([load.someReports(60), load.someReadings(6)]);
    await pause(100);
    await world.broker.stopNode(1, 'SIGKILL');
    await sending;
    await load.someReports(30);
    await load.arrived();
  });

  it('keep nothing while only one is left, and lose nothing by it', async () => {
    await world.broker.startNode(1);
    await world.broker.ready();
    await pause(2_000);
    await Promise.all([world.broker.stopNode(2, 'SIGKILL'), world.broker.stopNode(3, 'SIGKILL')]);
    const sending = load.someReports(30);
    await pause(3_000);
    expect([...world.workers.values()].every((worker) => worker.running)).toBe(true);
    await Promise.all([world.broker.startNode(2), world.broker.startNode(3)]);
    await world.broker.ready();
    await sending;
    await load.arrived();
  });

  it('every report and every alarm is one incident, and every fact is outside', async () => {
    expect([await world.incidents('hotline'), await world.incidents('sensor')]).toEqual([load.reports, load.alarms]);
    const inLog = (await world.factsInLog()).filter(({ stream }) => stream.startsWith('incident-')).map(({ eventId }) => eventId);
    expect(new Set((await world.read('facts.incident')).map(({ headers }) => headers['event-id'] ?? ''))).toEqual(new Set(inLog));
  });
});
