import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * 存证 Tiles, checkpoints and what witnesses said of them. Tiles follow from the log; the rest was signed and is never changed.
 */
export class EvidenceTables0000000000501 implements MigrationInterface {
  readonly name = 'EvidenceTables0000000000501';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create schema evidence');
    for (const statement of tables) await runner.query(statement);
    for (const table of ['epochs', 'checkpoints', 'cosignatures', 'alarms']) {
      await runner.query(`create trigger ${table}_stay before update or delete on evidence.${table} for each row execute function engine.refuse_change()`);
      await runner.query(`create trigger all_${table}_stay before truncate on evidence.${table} for each statement execute function engine.refuse_change()`);
    }
    await runner.query('insert into evidence.epochs (epoch, opened_at, link) values (1, clock_timestamp(), null)');
  }

  async down(): Promise<void> {
    throw new Error('what was signed is never dropped');
  }
}

const tables = [
  `create table evidence.epochs (
    epoch integer primary key,
    opened_at timestamptz(3) not null,
    link text,
    check ((epoch = 1) = (link is null))
  )`,
  `create table evidence.tiles (
    epoch integer not null references evidence.epochs,
    tree text not null check (tree in ('sha256', 'sm3')),
    level smallint not null,
    tile bigint not null,
    hashes bytea not null,
    primary key (epoch, tree, level, tile)
  )`,
  // Hashes cannot be compressed; trying would cost more than hashing.
  'alter table evidence.tiles alter column hashes set storage external',
  `create table evidence.checkpoints (
    epoch integer not null references evidence.epochs,
    tree text not null check (tree in ('sha256', 'sm3')),
    size bigint not null,
    signed_at timestamptz(3) not null,
    note text not null,
    primary key (epoch, tree, size)
  )`,
  `create table evidence.cosignatures (
    epoch integer not null,
    tree text not null,
    size bigint not null,
    witness text not null,
    cosigned_at timestamptz(0) not null,
    line text not null,
    primary key (epoch, tree, witness, size),
    foreign key (epoch, tree, size) references evidence.checkpoints
  )`,
  `create table evidence.alarms (
    epoch integer not null references evidence.epochs,
    found_at timestamptz(3) not null,
    code text not null,
    position bigint,
    message text not null,
    primary key (epoch, found_at)
  )`,
] as const;
