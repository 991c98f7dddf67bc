import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 两种时间 When something happened, beside when it was recorded. Rows of before have no such moment until the views are rebuilt. */
export class TwoTimes0000000000102 implements MigrationInterface {
  readonly name = 'TwoTimes0000000000102';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table views.incident add column happened_at timestamptz(3)`);
    await runner.query(`alter table views.timeline_entry add column device_skew_ms bigint, add column happened_at timestamptz(3)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table views.incident drop column happened_at`);
    await runner.query(`alter table views.timeline_entry drop column device_skew_ms, drop column happened_at`);
  }
}
