import { Refusal } from '#kernel';
import type { Append } from '#kernel';

export interface LibraryStore {
  append(append: Append): Promise<unknown>;
  close(): Promise<void>;
}

/** The yardstick is a development dependency: an installation without those cannot measure against it. */
export const developmentPackage = async <Module>(name: string, load: () => Promise<Module>): Promise<Module> => {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Refusal('bench.package-missing', `The benchmark needs ${name}, which is not installed; run "npm ci" with development dependencies first.`, { package: name });
  }
};

/** The usual event store library for TypeScript on PostgreSQL, on the same server, with its tables in the same database. */
export const openLibraryStore = async (databaseUrl: string): Promise<LibraryStore> => {
  const { getPostgreSQLEventStore } = await developmentPackage('@event-driven-io/emmett-postgresql', () => import('@event-driven-io/emmett-postgresql'));
  const { STREAM_DOES_NOT_EXIST } = await developmentPackage('@event-driven-io/emmett', () => import('@event-driven-io/emmett'));
  const store = getPostgreSQLEventStore(databaseUrl);
  await store.schema.migrate();
  return {
    append: ({ stream, events, provenance }) =>
      store.appendToStream(
        stream,
        events.map(({ type, data }) => ({ type, data: data as Record<string, unknown>, metadata: { ...provenance } })),
        { expectedStreamVersion: STREAM_DOES_NOT_EXIST },
      ),
    close: () => store.close(),
  };
};
