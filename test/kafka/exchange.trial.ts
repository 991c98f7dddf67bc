import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Load, canary } from './load.js';
import { trialVersion } from './trial-version.js';
import { until, World } from './world.js';

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** One engine against one broker, and everything that can go wrong between them, one after the other and then all at once. */
describe(`facts out, reports and readings in, over Kafka ${trialVersion}`, () => {
  let world: World;
  let load: Load;

  beforeAll(async () => {
    world = await World.open();
    load = new Load(world);
  }, 120_000);

  afterAll(async () => {
    const ends = await world.close();
    expect(ends.every((end) => end === 0)).toBe(true);
  }, 120_000);

  it('a worker waits for topics that are not there', async () => {
    await world.startWorker('first');
    await pause(4_000);
    expect(world.workers.get('first')?.running).toBe(true);
    expect((await world.engine.log.subscriptions.positions()).get('kafka-out') ?? 0).toBe(0);
    await world.createTopics();
    await world.allOut();
  });

  it('reports and alarms become incidents', async () => {
    await load.someReports(60);
    await load.someReadings(10);
    await load.arrived();
  });

  it('a worker that dies in the middle is followed by another', async () => {
    await world.startWorker('second');
    for (let round = 0; round < 3; round += 1) {
      const [name, next] = round % 2 === 0 ? ['first', 'third'] : ['third', 'first'];
      const sending = Promise.all([load.someReports(80), load.someReadings(8)]);
      await pause(50 + round * 150);
      await world.killWorker(name ?? '');
      await sending;
      await world.startWorker(next ?? '');
    }
    await load.arrived();
  });

  it('what a unit\'s own system answers leads its incidents on, in its order and once, over the death of a worker', async () => {
    const incidents = await load.someDispatched(40);
    const steps = [['AcknowledgeDispatch'], ['RecordFirstContact'], ['RecordArrival'], ['RecordHandling', { note: `${canary}在场` }]] as const;
    const records = steps.flatMap(([type, body]) => incidents.map((incidentId) => world.saidByUnit(type, incidentId, body)));
    const sending = world.send([...records, ...records]);
    await pause(30);
    await world.killWorker('first');
    await sending;
    await world.startWorker('first');
    const mine = new Set(incidents.map((incidentId) => `incident-${incidentId}`));
    const done = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
      const facts = (await world.factsInLog()).filter(({ stream, type }) => mine.has(stream) && ['DispatchAcknowledged', 'FirstContactMade', 'Arrived', 'Handled'].includes(type));
      return new Map([...mine].map((stream) => [stream, facts.filter((fact) => fact.stream === stream).map(({ type }) => type)]));
    };
    await until('the last word about every incident', async () => [...(await done()).values()].every((types) => types.includes('Handled')));
    expect(new Set([...(await done()).values()].map(String))).toEqual(new Set(['DispatchAcknowledged,FirstContactMade,Arrived,Handled']));
  });

  it('a broker that stops in the middle and comes back finds nobody gone', async () => {
    const sending = load.someReports(60);
    await pause(100);
    await world.broker.stopNode(1);
    await pause(3_000);
    expect([...world.workers.values()].every((worker) => worker.running)).toBe(true);
    await world.broker.startNode(1);
    await world.broker.ready();
    await sending;
    await load.someReadings(5);
    await load.arrived();
  });

  it('a broker that answers nothing for a while without ending a connection loses nothing', async () => {
    world.broker.freeze(1, true);
    await pause(9_000);
    expect([...world.workers.values()].every((worker) => worker.running)).toBe(true);
    world.broker.freeze(1, false);
    await load.someReports(40);
    await load.arrived();
  });

  it('in the end every report and every alarm is one incident, and everything unusable was told of', async () => {
    expect([await world.incidents('hotline'), await world.incidents('sensor')]).toEqual([load.reports, load.alarms]);
    let told = new Set<string>();
    await until('all dead letters', async () => {
      told = new Set((await world.read('dead-letters')).map(({ headers }) => `${headers['original-topic']}/${headers['original-partition']}/${headers['original-offset']}`));
      return told.size >= load.poison;
    });
    const letters = await world.read('dead-letters');
    expect(new Set(letters.map(({ headers }) => headers['code']))).toEqual(new Set(['record.signature-wrong', 'input.invalid']));
    // A sender whose answer was lost sends again: then the same poison stands there twice, and is told of twice.
    expect(told.size).toBeGreaterThanOrEqual(load.poison);
    expect(letters.map(({ value }) => value).join('')).not.toContain(canary);
  });

  it('every fact of the log is outside, those of one incident in their order, and nobody can be told from them', async () => {
    await world.allOut();
    const kept = await world.read('facts.incident');
    const inLog = (await world.factsInLog()).filter(({ stream }) => stream.startsWith('incident-'));
    expect(new Set(kept.map(({ headers }) => headers['event-id']))).toEqual(new Set(inLog.map(({ eventId }) => eventId)));
    const seen = new Map<string, Set<number>>();
    for (const { key, value } of kept) {
      const { version } = JSON.parse(value) as { readonly version: number };
      const versions = seen.get(key) ?? new Set();
      // For the first time seen, a fact comes right after the one before it.
      if (!versions.has(version)) expect(version).toBe(versions.size + 1);
      seen.set(key, versions.add(version));
    }
    expect(kept.map(({ value }) => value).join('')).not.toMatch(new RegExp(`${canary}|13812345678|keyId|sealed`));
  });
});
