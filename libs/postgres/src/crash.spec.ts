import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Append, RecordedEvent } from '#kernel';
import { appendOf, eventOf } from '#testing';
import { EmbeddedPostgres, openPostgres } from './index.js';

const writers = 12;
/** After how many acknowledged appends the server is killed, again and again. */
const kills = [40, 150, 30, 220];

let folder: string;
let server: EmbeddedPostgres;
let close: (() => Promise<void>) | undefined;
const notices: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threeloops-crash-'));
  server = await EmbeddedPostgres.start({ dataFolder: join(folder, 'data'), settings: { shared_buffers: '16MB' }, onNotice: (notice) => notices.push(notice) });
}, 60_000);

afterAll(async () => {
  await close?.();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const groupedBy = (events: readonly RecordedEvent[], keyOf: (event: RecordedEvent) => string): ReadonlyMap<string, readonly RecordedEvent[]> => {
  const groups = new Map<string, RecordedEvent[]>();
  for (const event of events) groups.set(keyOf(event), [...(groups.get(keyOf(event)) ?? []), event]);
  return groups;
};

describe('a database that is killed under load', () => {
  it('has every acknowledged append once and whole when it comes back, and no half of any other', async () => {
    const opened = await openPostgres({ connection: server.connection, kind: 'live' });
    ({ close } = opened);
    const { store } = opened;
    const acknowledged = new Map<string, { append: Append; position: number }>();
    const unknown: Append[] = [];
    let untilKill = kills[0] ?? 0;
    let killed = 0;
    let lastKilled = 0;
    const killIfDue = (): void => {
      const { pid } = server;
      // What a server that was killed had answered arrives afterwards: nobody dies twice of one blow.
      if (killed >= kills.length || pid === undefined || pid === lastKilled || (untilKill -= 1) > 0) return;
      killed += 1;
      lastKilled = pid;
      untilKill = kills[killed] ?? 0;
      process.kill(pid, 'SIGKILL');
    };
    const write = async (writer: number): Promise<void> => {
      for (let version = 0, turn = 0; killed < kills.length || turn % 10 !== 0; turn += 1) {
        const events = Array.from({ length: 1 + (turn % 3) }, () => eventOf({ writer, turn }));
        const append = appendOf({ stream: `writer-${writer}`, expectedVersion: version, events });
        try {
          const result = await store.append(append);
          if (result.status !== 'recorded') throw new Error(`writer ${writer} got ${JSON.stringify(result)}`);
          version = result.version;
          acknowledged.set(append.provenance.commandId, { append, position: result.position });
          killIfDue();
        } catch (error) {
          if ((error as { name?: string }).name !== 'Unavailable') throw error;
          unknown.push(append);
          version = (await store.readStream(append.stream)).length;
        }
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));

    const { position: end } = await store.head();
    const events = await store.readAll(0, end);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: end }, (_, index) => index + 1));
    const byCommand = groupedBy(events, ({ commandId }) => commandId);
    for (const [commandId, { append, position }] of acknowledged) {
      const recorded = byCommand.get(commandId) ?? [];
      expect(recorded.map(({ eventId }) => eventId)).toEqual(append.events.map(({ eventId }) => eventId));
      expect(recorded.at(-1)?.position).toBe(position);
    }
    for (const { provenance, events: asked } of unknown) expect([undefined, asked.length]).toContain(byCommand.get(provenance.commandId)?.length);
    expect(byCommand.size).toBeLessThanOrEqual(acknowledged.size + unknown.length);
    for (const stream of groupedBy(events, ({ stream }) => stream).values()) {
      expect(stream.map(({ version }) => version)).toEqual(stream.map((_, index) => index + 1));
    }
    // A server killed in the moment between its first connection and its being known as ready is told of as a start that failed.
    expect(notices.filter((notice) => /died|did not start/.test(notice)).length).toBeGreaterThanOrEqual(kills.length);
  }, 60_000);
});
