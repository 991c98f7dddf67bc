import { randomInt, randomUUID } from 'node:crypto';
import { engineActor, Unavailable } from '#kernel';
import type { Append } from '#kernel';
import { KurrentTables0000000000801, openKurrent } from '#kurrent';

/** A process that appends to a few streams that others append to as well, and tells every command that it was told is recorded, until it is killed. */
const lanes = 8;
const streams = 20;

const main = async (eventStore: string, connectionString: string): Promise<void> => {
  const { store } = await openKurrent({ eventStore, connection: { connectionString }, kind: 'live', poolSize: 4, moreMigrations: [KurrentTables0000000000801], deadlineMs: 1_000 });
  const versions = new Map<string, number>();
  const lane = async (): Promise<never> => {
    for (;;) {
      const stream = `contested-${randomInt(streams)}`;
      const append: Append = {
        stream, expectedVersion: versions.get(stream) ?? 0, decidedAt: Date.now(), provenance: { actor: engineActor('writer'), commandId: randomUUID(), correlationId: randomUUID() },
        events: Array.from({ length: randomInt(1, 4) }, (_none, index) => ({ eventId: randomUUID(), type: 'SomethingHappened', schema: 1, data: { index } })),
      };
      const result = await store.append(append).catch((error: unknown) => {
        if (error instanceof Unavailable) return null;
        throw error;
      });
      if (result?.status === 'conflict') versions.set(stream, result.actualVersion);
      if (result?.status !== 'recorded') continue;
      versions.set(stream, result.version);
      process.stdout.write(`${append.provenance.commandId} ${result.position}\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};

await main(process.argv[2] ?? '', process.argv[3] ?? '');
