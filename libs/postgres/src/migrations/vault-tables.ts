import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 密钥库 Keys of persons, apart from everything else: a dump of the log or of the views without this schema identifies nobody. */
export class VaultTables0000000000003 implements MigrationInterface {
  readonly name = 'VaultTables0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema vault`);
    await runner.query(`
      create table vault.subject_keys (
        key_id uuid primary key,
        subject text not null unique,
        key bytea,
        created_at timestamptz(3) not null default clock_timestamp(),
        erased_at timestamptz(3),
        check ((key is null) = (erased_at is not null))
      )`);
  }

  async down(): Promise<void> {
    throw new Error('keys are never dropped: everything sealed under them would be unreadable');
  }
}
