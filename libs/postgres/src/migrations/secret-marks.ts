import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 密钥印记 What tells the secrets that a log works with from others, and tells nothing of them. */
export class SecretMarks0000000000010 implements MigrationInterface {
  readonly name = 'SecretMarks0000000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table engine.secret_marks (secret text primary key, mark text not null)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table engine.secret_marks');
  }
}
