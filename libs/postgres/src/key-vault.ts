import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { KeyVault } from '#kernel';
import { Refusal } from '#kernel';
import { Batcher } from './batcher.js';
import { orUnavailable } from './connection.js';

interface SubjectKey {
  readonly keyId: string;
  readonly key: Uint8Array;
}

interface Row {
  readonly key_id: string;
  readonly subject: string;
  readonly key: Buffer | null;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
/** Another process may erase a subject: nobody seals under a remembered key for longer than this. */
const rememberMs = 2_000;

/**
 * 密钥库(PostgreSQL) Keys in the schema `vault`, each wrapped (AES-256-GCM, bound to its id) with a key-encryption key that is never
 * in the database: a dump of it opens nothing.
 *
 * Refuses with `vault.wrong-key` when the key-encryption key is not the one that wrapped; fails with `Unavailable`.
 */
export class PostgresKeyVault implements KeyVault {
  private readonly remembered = new LRUCache<string, SubjectKey>({ max: 5_000, ttl: rememberMs });
  private readonly batcher: Batcher<string, SubjectKey>;

  /** @param keyEncryptionKey 32 bytes */
  constructor(
    private readonly pool: Pool,
    private readonly keyEncryptionKey: Uint8Array,
  ) {
    if (keyEncryptionKey.length !== keyBytes) throw new Error(`a key-encryption key has ${keyBytes} bytes, not ${keyEncryptionKey.length}`);
    this.batcher = new Batcher({ run: (subjects) => this.findOrMake(subjects), maxItems: 500, keysOf: (subject) => [subject] });
  }

  async keyFor(subject: string): Promise<SubjectKey> {
    const known = this.remembered.get(subject);
    if (known) return known;
    const found = await this.batcher.add(subject);
    this.remembered.set(subject, found);
    return found;
  }

  async keys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    if (keyIds.length === 0) return new Map();
    const { rows } = await orUnavailable(() =>
      this.pool.query<Row & { key: Buffer }>({
        name: 'vault-keys',
        text: 'select key_id, key from vault.subject_keys where key_id = any ($1::uuid[]) and key is not null',
        values: [keyIds],
      }),
    );
    return new Map(rows.map(({ key_id, key }) => [key_id, this.unwrap(key_id, key)]));
  }

  /** Also a subject that was never seen is remembered as erased: a report that is still under way must not bring it back. */
  async erase(subject: string): Promise<boolean> {
    const { rows } = await orUnavailable(() =>
      this.pool.query<{ had_key: boolean }>(
        `with before as (select key_id from vault.subject_keys where subject = $2 and erased_at is null for update),
              erased as (
                insert into vault.subject_keys (key_id, subject, key, erased_at) values ($1, $2, null, clock_timestamp())
                on conflict (subject) do update set key = null, erased_at = clock_timestamp() where subject_keys.erased_at is null)
         select exists (select from before) as had_key`,
        [randomUUID(), subject],
      ),
    );
    this.remembered.delete(subject);
    return rows[0]?.had_key ?? false;
  }

  private async findOrMake(subjects: readonly string[]): Promise<readonly (SubjectKey | Error)[]> {
    const fresh = subjects.map(() => {
      const keyId = randomUUID();
      const key = randomBytes(keyBytes);
      return { keyId, key, wrapped: this.wrap(keyId, key) };
    });
    const rows = await orUnavailable(async () => {
      const made = await this.pool.query<Row>({
        name: 'vault-make',
        text: `insert into vault.subject_keys (key_id, subject, key) select * from unnest($1::uuid[], $2::text[], $3::bytea[])
               on conflict (subject) do nothing returning key_id, subject, key`,
        values: [fresh.map(({ keyId }) => keyId), subjects, fresh.map(({ wrapped }) => wrapped)],
      });
      const missing = subjects.filter((subject) => !made.rows.some((row) => row.subject === subject));
      if (missing.length === 0) return made.rows;
      // A statement of its own: it sees what others committed while the insert waited for them.
      const existing = await this.pool.query<Row>({
        name: 'vault-find',
        text: 'select key_id, subject, key from vault.subject_keys where subject = any ($1::text[])',
        values: [missing],
      });
      return [...made.rows, ...existing.rows];
    });
    const bySubject = new Map(rows.map((row) => [row.subject, row]));
    return subjects.map((subject, index) => {
      const row = bySubject.get(subject);
      const made = fresh[index];
      // The usual case, a new subject: the key need not be unwrapped that was wrapped just now.
      return made && row?.key_id === made.keyId ? { keyId: made.keyId, key: new Uint8Array(made.key) } : this.open(row);
    });
  }

  private open(row: Row | undefined): SubjectKey | Error {
    if (!row) return new Error('a subject has neither a key nor a mark of erasure');
    if (row.key === null) return new Refusal('subject.erased', 'the person was erased; nothing more can be recorded about them');
    try {
      return { keyId: row.key_id, key: this.unwrap(row.key_id, row.key) };
    } catch (error) {
      return error as Error;
    }
  }

  private wrap(keyId: string, key: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.keyEncryptionKey, nonce).setAAD(Buffer.from(keyId));
    return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  }

  private unwrap(keyId: string, wrapped: Buffer): Uint8Array {
    const decipher = createDecipheriv('aes-256-gcm', this.keyEncryptionKey, wrapped.subarray(0, nonceBytes)).setAAD(Buffer.from(keyId));
    decipher.setAuthTag(wrapped.subarray(-tagBytes));
    try {
      return new Uint8Array(Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]));
    } catch {
      throw new Refusal('vault.wrong-key', 'the key-encryption key of this engine is not the one that the keys in the database were wrapped with', { keyId });
    }
  }
}
