import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contents of reference versions under their hashes; the log says which of them came into force when. */
export class ReferenceContents0000000000004 implements MigrationInterface {
  readonly name = 'ReferenceContents0000000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table engine.reference_contents (
        sha256  text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
        content text not null,
        kept_at timestamptz not null default clock_timestamp()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table engine.reference_contents');
  }
}
