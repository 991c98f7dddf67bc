import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 订阅、时限索引 How far each subscription has come, and what the clock has to say next: both can be lost and rebuilt from the log. */
export class SubscriptionTables0000000000002 implements MigrationInterface {
  readonly name = 'SubscriptionTables0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table engine.subscriptions (
        name text primary key,
        position bigint not null check (position >= 0),
        epoch bigint not null,
        owner text,
        lease_until timestamptz
      ) with (fillfactor = 50)`);
    await runner.query(`
      create table engine.deadlines (
        stream text not null,
        clock_id text not null,
        moment text not null check (moment in ('warn', 'due', 'serious')),
        at timestamptz(3) not null,
        primary key (stream, clock_id, moment)
      )`);
    await runner.query(`create index deadlines_by_time on engine.deadlines (at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table engine.deadlines, engine.subscriptions`);
  }
}
