import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, sessions and one-time links, in a schema of their own beside the log. */
export class AccountsAndSessions0000000000201 implements MigrationInterface {
  readonly name = 'AccountsAndSessions0000000000201';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE SCHEMA IF NOT EXISTS identity`);
    await runner.query(`
      CREATE TABLE identity.account (
        id            uuid PRIMARY KEY,
        login         text NOT NULL UNIQUE CHECK (login = lower(login) AND login <> ''),
        display_name  text NOT NULL,
        password_hash text,
        role          text NOT NULL,
        unit          text NOT NULL,
        place         text,
        active        boolean NOT NULL DEFAULT true,
        created_at    timestamptz NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE identity.session (
        hash         text PRIMARY KEY,
        account_id   uuid NOT NULL REFERENCES identity.account (id),
        created_at   timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX session_account ON identity.session (account_id)`);
    await runner.query(`CREATE INDEX session_created ON identity.session (created_at)`);
    await runner.query(`
      CREATE TABLE identity.link (
        hash       text PRIMARY KEY,
        purpose    text NOT NULL CHECK (purpose IN ('setup', 'login', 'reset')),
        account_id uuid REFERENCES identity.account (id),
        expires_at timestamptz NOT NULL,
        used       boolean NOT NULL DEFAULT false,
        CHECK ((purpose = 'setup') = (account_id IS NULL))
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP SCHEMA identity CASCADE`);
  }
}
