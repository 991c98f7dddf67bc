import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 分区、点名 Subscriptions in parts, and who works on each; what stands whole stays so until a worker divides it. */
export class SubscriptionParts0000000000006 implements MigrationInterface {
  readonly name = 'SubscriptionParts0000000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table engine.subscriptions
        add column subscription text not null generated always as (split_part(name, '/', 1)) stored,
        add column parts smallint not null default 1 check (parts > 0)`);
    await runner.query(`
      create table engine.workers (
        subscription text not null,
        worker text not null,
        since timestamptz not null,
        good_until timestamptz not null,
        constraint workers_by_subscription primary key (subscription, worker)
      ) with (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table engine.workers');
    await runner.query('alter table engine.subscriptions drop column subscription, drop column parts');
  }
}
