import type { ClientBase, Pool } from 'pg';
import { hashBytes, leafIndexOf, parseCheckpoint, tileWidth } from '#evidence';
import type { Checkpoint, PerTree, Tile, TileReader, TreeName } from '#evidence';
import type { Instant, Iso } from '#kernel';
import { toIso } from '#kernel';
import type { StoredFacts } from './stored-facts.js';

export type Database = Pool | ClientBase;

export interface StoredCheckpoint {
  readonly epoch: number;
  readonly tree: TreeName;
  readonly size: number;
  readonly signedAt: Iso;
  /** The note as it was signed, without what witnesses put under it. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** 警报 Why the log is not signed any more. */
export interface Alarm {
  readonly code: string;
  readonly message: string;
  /** The first position that is not as it was; null where only the whole is known to differ. */
  readonly position: number | null;
  readonly foundAt: Iso;
}

export type Finding = Omit<Alarm, 'foundAt'>;

export const currentEpoch = async (database: Database): Promise<number> => {
  const { rows } = await database.query<{ epoch: number }>({ name: 'evidence-epoch', text: 'select epoch from evidence.epochs order by epoch desc limit 1' });
  const [row] = rows;
  if (!row) throw new Error('the evidence has no epoch');
  return row.epoch;
};

/** Links between epochs, oldest first. */
export const epochLinks = async (database: Database): Promise<readonly string[]> => {
  const { rows } = await database.query<{ link: string }>('select link from evidence.epochs where link is not null order by epoch');
  return rows.map(({ link }) => link);
};

export const tileReader = (database: Database, epoch: number, tree: TreeName): TileReader => async (wanted) => {
  const { rows } = await database.query<{ level: number; tile: string; hashes: Buffer }>({
    name: 'evidence-tiles',
    text: `select level, tile, hashes from unnest($3::smallint[], $4::bigint[]) as wanted (level, tile) join evidence.tiles using (level, tile) where epoch = $1 and tree = $2`,
    values: [epoch, tree, wanted.map(({ level }) => level), wanted.map(({ index }) => index)],
  });
  return rows.map(({ level, tile, hashes }): Tile => ({ level, index: Number(tile), hashes }));
};

/**
 * SHA-256 of the hashes that the trees have of the leaves of these facts, one behind the other, in hexadecimal digits. Reckoned by the server: the tiles
 * need not be sent. Where a tile is missing or cut short it is the digest of something shorter.
 */
export const leafDigests = async (database: Database, epoch: number, from: number, to: number): Promise<Partial<PerTree<string>>> => {
  const [first, last] = [leafIndexOf(from), leafIndexOf(to)];
  const { rows } = await database.query<{ tree: TreeName; digest: string }>({
    name: 'evidence-leaf-digests',
    text: `
      select tree, encode(sha256(string_agg(substring(hashes from ${hashBytes} * greatest(0, $2 - ${tileWidth} * tile)::integer + 1
        for ${hashBytes} * (least(${tileWidth}, $3 - ${tileWidth} * tile + 1) - greatest(0, $2 - ${tileWidth} * tile))::integer), ''::bytea order by tile)), 'hex') as digest
      from evidence.tiles where epoch = $1 and level = 0 and tile between $2 / ${tileWidth} and $3 / ${tileWidth} group by tree`,
    values: [epoch, first, last],
  });
  return Object.fromEntries(rows.map(({ tree, digest }) => [tree, digest]));
};

export const writeTiles = async (database: Database, epoch: number, tiles: PerTree<readonly Tile[]>): Promise<void> => {
  const all = Object.entries(tiles).flatMap(([tree, changed]) => changed.map((tile) => ({ tree, ...tile })));
  if (all.length === 0) return;
  await database.query({
    name: 'evidence-write-tiles',
    // One behind the other: bytes in an array would be sent as hexadecimal digits, which takes longer to write than the table.
    text: `insert into evidence.tiles (epoch, tree, level, tile, hashes)
      select $1, tree, level, tile, substring($2::bytea from (sum(length) over (order by nth) - length)::integer + 1 for length)
      from unnest($3::text[], $4::smallint[], $5::bigint[], $6::integer[]) with ordinality as written (tree, level, tile, length, nth)
      on conflict (epoch, tree, level, tile) do update set hashes = excluded.hashes`,
    values: [
      epoch, Buffer.concat(all.map(({ hashes }) => hashes)),
      all.map(({ tree }) => tree), all.map(({ level }) => level), all.map(({ index }) => index), all.map(({ hashes }) => hashes.length),
    ],
  });
};

/** Leaves that the trees of the epoch have, and where the log ends; the first is never ahead of what was read of the second. */
export const sizes = async (database: Database, facts: StoredFacts): Promise<{ readonly tree: number; readonly log: number }> => {
  const { rows } = await database.query<{ position: string }>({ name: 'evidence-size', text: `select position from engine.subscriptions where name = 'evidence'` });
  return { tree: Number(rows[0]?.position ?? 0), log: await facts.end() };
};

interface CheckpointRow {
  readonly epoch: number;
  readonly tree: TreeName;
  readonly size: string;
  readonly signed_at: Date;
  readonly note: string;
}

const toCheckpoint = ({ epoch, tree, size, signed_at, note }: CheckpointRow): StoredCheckpoint => ({
  epoch, tree, size: Number(size), signedAt: signed_at.toISOString(), note, checkpoint: parseCheckpoint(note).checkpoint,
});

/** The largest checkpoint of a tree in an epoch. */
export const lastCheckpoint = async (database: Database, epoch: number, tree: TreeName): Promise<StoredCheckpoint | null> => {
  const { rows } = await database.query<CheckpointRow>({
    name: 'evidence-last', text: 'select epoch, tree, size, signed_at, note from evidence.checkpoints where epoch = $1 and tree = $2 order by size desc limit 1', values: [epoch, tree],
  });
  return rows[0] ? toCheckpoint(rows[0]) : null;
};

/** Checkpoints of a stretch of the log in order; about `most` of them, evenly spread, the last one always among them. */
export const checkpointsBetween = async (database: Database, epoch: number, tree: TreeName, from: number, to: number, most: number): Promise<readonly StoredCheckpoint[]> => {
  const { rows } = await database.query<CheckpointRow>(
    `select epoch, tree, size, signed_at, note from (
       select *, row_number() over (order by size desc) as nth, count(*) over () as total from evidence.checkpoints where epoch = $1 and tree = $2 and size between $3 and $4) ordered
     where (nth - 1) % greatest(1, total / $5) = 0 order by size`,
    [epoch, tree, from, to, most],
  );
  return rows.map(toCheckpoint);
};

export const keepCheckpoints = async (database: Database, checkpoints: readonly Omit<StoredCheckpoint, 'checkpoint'>[]): Promise<void> => {
  await database.query({
    name: 'evidence-keep',
    text: `insert into evidence.checkpoints (epoch, tree, size, signed_at, note) select * from unnest($1::integer[], $2::text[], $3::bigint[], $4::timestamptz[], $5::text[])
      on conflict do nothing`,
    values: [checkpoints.map(({ epoch }) => epoch), checkpoints.map(({ tree }) => tree), checkpoints.map(({ size }) => size), checkpoints.map(({ signedAt }) => signedAt), checkpoints.map(({ note }) => note)],
  });
};

export interface Cosignature {
  readonly epoch: number;
  readonly tree: TreeName;
  readonly size: number;
  readonly witness: string;
  readonly cosignedAt: Iso;
  /** The signature line, ready to be put under the checkpoint. */
  readonly line: string;
}

export const keepCosignature = async (database: Database, { epoch, tree, size, witness, cosignedAt, line }: Cosignature): Promise<void> => {
  await database.query(
    'insert into evidence.cosignatures (epoch, tree, size, witness, cosigned_at, line) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
    [epoch, tree, size, witness, cosignedAt, line],
  );
};

/** The largest checkpoint that each witness has cosigned. */
export const lastCosignatures = async (database: Database, epoch: number, tree: TreeName): Promise<readonly Cosignature[]> => {
  const { rows } = await database.query<{ size: string; witness: string; cosigned_at: Date; line: string }>(
    'select distinct on (witness) size, witness, cosigned_at, line from evidence.cosignatures where epoch = $1 and tree = $2 order by witness, size desc', [epoch, tree],
  );
  return rows.map(({ size, witness, cosigned_at, line }) => ({ epoch, tree, size: Number(size), witness, cosignedAt: cosigned_at.toISOString(), line }));
};

/** A checkpoint with everything that witnesses have put under it. */
export const withCosignatures = async (database: Database, { epoch, tree, size, note }: StoredCheckpoint): Promise<string> => {
  const { rows } = await database.query<{ line: string }>('select line from evidence.cosignatures where epoch = $1 and tree = $2 and size = $3 order by witness', [epoch, tree, size]);
  return note + rows.map(({ line }) => line).join('');
};

export const openAlarm = async (database: Database, epoch: number): Promise<Alarm | null> => {
  const { rows } = await database.query<{ code: string; message: string; position: string | null; found_at: Date }>(
    'select code, message, position, found_at from evidence.alarms where epoch = $1 order by found_at limit 1', [epoch],
  );
  const [row] = rows;
  return row ? { code: row.code, message: row.message, position: row.position === null ? null : Number(row.position), foundAt: row.found_at.toISOString() } : null;
};

export const raiseAlarm = async (database: Database, epoch: number, now: Instant, { code, message, position }: Finding): Promise<void> => {
  await database.query('insert into evidence.alarms (epoch, found_at, code, position, message) values ($1, $2, $3, $4, $5) on conflict do nothing', [epoch, toIso(now), code, position, message]);
};
