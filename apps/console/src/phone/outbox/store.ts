import { openDB } from 'idb';
import type { DBSchema, IDBPDatabase } from 'idb';
import type { OutboxItem, OutboxPhoto } from './item.js';

interface Schema extends DBSchema {
  items: { key: string; value: OutboxItem; indexes: { ordinal: number } };
  photos: { key: string; value: OutboxPhoto; indexes: { itemId: string } };
  /** Answers of the engine, to show something without a network. */
  kept: { key: string; value: Kept };
}

interface Kept {
  readonly key: string;
  readonly value: unknown;
  readonly keptAt: number;
}

type NewItem = Omit<OutboxItem, 'ordinal'>;

/** 随身库 What the phone keeps in the browser's database. Every change is one transaction: it holds wholly or not at all. */
export class PocketStore {
  private readonly database: IDBPDatabase<Schema>;

  private constructor(database: IDBPDatabase<Schema>) {
    this.database = database;
  }

  /** Fails where the browser has no database, as in some private windows. */
  static async open(name = 'threeloops'): Promise<PocketStore> {
    return new PocketStore(
      await openDB<Schema>(name, 1, {
        upgrade: (database) => {
          database.createObjectStore('items', { keyPath: 'id' }).createIndex('ordinal', 'ordinal');
          database.createObjectStore('photos', { keyPath: 'id' }).createIndex('itemId', 'itemId');
          database.createObjectStore('kept', { keyPath: 'key' });
        },
        // A tab with a newer console must not wait for this one.
        blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
      }),
    );
  }

  close(): void {
    this.database.close();
  }

  /** Writes an item and its photos down, behind those that are there. Photos go in as they came; nothing is done with them first. */
  async put(item: NewItem, photos: readonly OutboxPhoto[] = []): Promise<OutboxItem> {
    const change = this.database.transaction(['items', 'photos'], 'readwrite', { durability: 'strict' });
    const items = change.objectStore('items');
    const [known, last] = await Promise.all([items.get(item.id), items.index('ordinal').openCursor(null, 'prev')]);
    const written = { ...item, ordinal: known?.ordinal ?? (last?.value.ordinal ?? 0) + 1 };
    await Promise.all([items.put(written), ...photos.map((photo) => change.objectStore('photos').put(photo)), change.done]);
    return written;
  }

  /** Changes an item that is still there, if `change` says how; answers what holds afterwards. */
  async change(id: string, change: (item: OutboxItem) => OutboxItem | null): Promise<OutboxItem | null> {
    const transaction = this.database.transaction('items', 'readwrite', { durability: 'strict' });
    const item = await transaction.store.get(id);
    const changed = item ? change(item) : null;
    if (changed) await transaction.store.put(changed);
    await transaction.done;
    return changed ?? item ?? null;
  }

  /** Takes an item and its photos out, if it is still as `may` wants it. Answers whether it did. */
  async remove(id: string, may: (item: OutboxItem) => boolean = () => true): Promise<boolean> {
    const transaction = this.database.transaction(['items', 'photos'], 'readwrite', { durability: 'strict' });
    const item = await transaction.objectStore('items').get(id);
    const removed = item !== undefined && may(item);
    if (removed) {
      await transaction.objectStore('items').delete(id);
      for (const key of await transaction.objectStore('photos').index('itemId').getAllKeys(id)) await transaction.objectStore('photos').delete(key);
    }
    await transaction.done;
    return removed;
  }

  /** In the order in which they were written. */
  items(): Promise<readonly OutboxItem[]> {
    return this.database.getAllFromIndex('items', 'ordinal');
  }

  async item(id: string): Promise<OutboxItem | null> {
    return (await this.database.get('items', id)) ?? null;
  }

  photosOf(itemId: string): Promise<readonly OutboxPhoto[]> {
    return this.database.getAllFromIndex('photos', 'itemId', itemId);
  }

  async putPhoto(photo: OutboxPhoto): Promise<void> {
    await this.database.put('photos', photo);
  }

  async removePhotos(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.database.delete('photos', id)));
  }

  async keep(key: string, value: unknown, keptAt: number): Promise<void> {
    await this.database.put('kept', { key, value, keptAt });
  }

  async kept<Value>(key: string): Promise<{ readonly value: Value; readonly keptAt: number } | null> {
    const found = await this.database.get('kept', key);
    return found ? { value: found.value as Value, keptAt: found.keptAt } : null;
  }

  /** Forgets answers whose name begins so and that were kept before a moment. */
  async forgetOld(nameBegins: string, before: number): Promise<void> {
    const change = this.database.transaction('kept', 'readwrite');
    for (let cursor = await change.store.openCursor(IDBKeyRange.bound(nameBegins, `${nameBegins}\uffff`)); cursor; cursor = await cursor.continue()) {
      if (cursor.value.keptAt < before) await cursor.delete();
    }
    await change.done;
  }

  /** Forgets every answer of the engine; what was not sent yet stays. */
  async forgetKept(): Promise<void> {
    await this.database.clear('kept');
  }
}
