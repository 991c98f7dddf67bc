import { importAccounts } from '#identity';
import type { ImportedAccount } from '#identity';
import { engineActor } from '#kernel';
import type { Actor, Instant } from '#kernel';
import { loadReferenceFolder, loadUsers } from '#tables';
import type { Engine } from './engine.js';

export interface Seeded {
  readonly reference: Awaited<ReturnType<Engine['shelf']['activate']>>;
  readonly version: string;
  readonly accounts: readonly ImportedAccount[];
}

/**
 * 播种 Brings a city's folder in: reference data by a fact in the log, accounts beside it. The same folder again adds nothing; a folder
 * with anything wrong in it is refused whole, with every problem named (`reference.invalid`). Where it takes effect later, its accounts wait for that.
 */
export const seed = async (engine: Engine, folder: string, { accounts = true, actor = engineActor('seeding'), effectiveFrom }: { readonly accounts?: boolean; readonly actor?: Actor; readonly effectiveFrom?: Instant } = {}): Promise<Seeded> => {
  const reference = await loadReferenceFolder(folder);
  const users = accounts && effectiveFrom === undefined ? await loadUsers(folder, reference) : [];
  const activated = await engine.shelf.activate(reference, actor, effectiveFrom === undefined ? {} : { effectiveFrom });
  const rows = users.map(({ login, displayName, role, unit, place }) => ({ login, displayName, role, unit, place: place ?? '' }));
  return { reference: activated, version: reference.version, accounts: await importAccounts(rows, engine.shelf.library().current, engine.doorkeeper) };
};

