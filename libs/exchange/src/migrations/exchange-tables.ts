import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 感知 What is known of the sensors, and up to which record. It follows from what came in and not from the log: it is kept and not rebuilt. */
export class ExchangeTables0000000000701 implements MigrationInterface {
  readonly name = 'ExchangeTables0000000000701';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create schema if not exists exchange');
    await runner.query(`
      create table exchange.partition (
        topic text not null,
        partition integer not null,
        epoch bigint not null,
        next_offset bigint check (next_offset >= 0),
        primary key (topic, partition)
      ) with (fillfactor = 50)`);
    await runner.query(`
      create table exchange.sensor (
        sensor text not null,
        sign text not null,
        last_at timestamptz(3) not null,
        last_value double precision not null,
        beyond_since timestamptz(3),
        alarmed boolean not null,
        incident_id uuid,
        primary key (sensor, sign)
      ) with (fillfactor = 80)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop schema exchange cascade');
  }
}
