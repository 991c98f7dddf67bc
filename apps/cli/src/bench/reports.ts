import { randomBytes, randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { IncidentDesk } from '#engine';
import type { Order } from '#engine';
import type { Actor, Append, EventToRecord, Instant, Sealed } from '#kernel';
import { MemoryEventStore, SimulatedClock } from '#memory';
import { libraryOf } from '#reference';
import type { City, Library } from '#reference';
import { loadReferenceFolder } from '#tables';

export const seedsFolder = resolve(process.env['THREELOOPS_SEEDS'] ?? 'seeds/yangpu');
export const loadLibrary = async (): Promise<Library> => libraryOf([await loadReferenceFolder(seedsFolder)]);

export const gridsOf = (city: City): readonly string[] => city.reference.places.filter(({ kind }) => kind === 'grid').map(({ code }) => code);

const clerk: Actor = { id: randomUUID(), role: 'channel', unit: 'hotline' };

/** As long as what the sealer makes of a text of so many bytes. */
export const sealedText = (bytes: number): Sealed => ({ keyId: randomUUID(), sealed: randomBytes(bytes + 28).toString('base64url') });

/** A report as the door hands it to the desk: sealed reporter, a sealed description of some twenty characters, a sealed address. */
export const reportOrders = (city: City): (() => Order) => {
  const grids = gridsOf(city);
  const [reporter, description, address] = [sealedText(50), sealedText(60), sealedText(30)];
  let ordinal = 0;
  return () => {
    ordinal += 1;
    const commandId = randomUUID();
    return {
      command: { type: 'ReportIncident', data: { incidentId: randomUUID(), channel: 'hotline', externalId: `H-${ordinal}`, gridCode: grids[ordinal % grids.length] ?? '', reporter, description, address } },
      actor: clerk, commandId, correlationId: randomUUID(),
    };
  };
};

/** The very fact that the desk records for such a report, ready to be appended without deciding anything: a new incident each time. */
export const reportAppends = async (library: Library): Promise<() => Append> => {
  const store = new MemoryEventStore();
  const desk = new IncidentDesk({ store, clock: new SimulatedClock(Date.now()), library: () => library });
  await desk.execute(reportOrders(library.current)());
  const [recorded] = await store.readAll(0, 1);
  if (!recorded) throw new Error('a report left no fact');
  const { type, schema, data } = recorded;
  return () => {
    const incidentId = randomUUID();
    const event: EventToRecord = { eventId: randomUUID(), type, schema, data: { ...(data as object), incidentId } };
    const decidedAt: Instant = Date.now();
    return { stream: `incident-${incidentId}`, expectedVersion: 0, events: [event], provenance: { actor: clerk, commandId: randomUUID(), correlationId: randomUUID() }, decidedAt };
  };
};
