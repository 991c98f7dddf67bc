import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * 台账表 One row per incident: its ledger as JSON, and beside it what a period or a jurisdiction is cut out by. Moments are milliseconds since
 * 1970, as in the ledger. All of it a fold of the log: what is lost here is rebuilt from it.
 */
class FigureTables0000000000201 implements MigrationInterface {
  readonly name = 'FigureTables0000000000201';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema figures`);
    for (const statement of [ledger, uncompressed, frozen, ...indices]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop schema figures cascade`);
  }
}

// Text and no json: it is read whole and never searched.
const ledger = `
create table figures.ledger (
  stream text not null,
  first_position bigint not null,
  last_position bigint not null,
  reported_at bigint not null,
  filed_at bigint,
  latest_at bigint not null,
  channel text not null,
  grid text not null,
  community text not null,
  street text not null,
  district text not null,
  city text not null,
  ledger text not null,
  constraint ledger_key primary key (stream)
) with (toast_tuple_target = 8160, fillfactor = 70)`;

// Compressing those that are longer than two kilobytes would cost more time than all the rest of writing them.
const uncompressed = `alter table figures.ledger alter column ledger set storage external`;

const frozen = `
create table figures.frozen (
  figures_id text not null,
  position bigint not null,
  constraint frozen_key primary key (figures_id)
)`;

const indices = [
  `create index ledger_by_report on figures.ledger (first_position)`,
  `create index ledger_by_street on figures.ledger (street, first_position)`,
  `create index frozen_by_position on figures.frozen (position)`,
];

/** Every step of the schema of the figures, oldest first. A released step is never changed; new ones are added at the end. */
export const figureMigrations = [FigureTables0000000000201] as const;
