import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 次序 The order of a log whose facts are in KurrentDB, and what is being asked of it. */
export class KurrentTables0000000000801 implements MigrationInterface {
  readonly name = 'KurrentTables0000000000801';

  async up(runner: QueryRunner): Promise<void> {
    // There when the log of this database is in KurrentDB and not in engine.events.
    await runner.query(`
      create table engine.kurrent_home (
        only_one boolean primary key default true check (only_one),
        log_name text not null,
        since timestamptz(3) not null default clock_timestamp()
      )`);
    // Row n is the n-th fact of the log in the server's own order: whoever writes it writes the same, and it can be lost and made anew.
    await runner.query(`
      create table engine.kurrent_order (
        position bigint primary key,
        commit_position bigint not null,
        prepare_position bigint not null,
        stream text not null,
        version integer not null,
        event_id uuid not null,
        recorded_at timestamptz(3) not null,
        command_id uuid not null,
        fingerprint text,
        unique (stream, version)
      )`);
    await runner.query(`create index kurrent_order_by_command on engine.kurrent_order (command_id) where fingerprint is not null`);
    // Appends on their way. One that is found here by somebody else was cut off, and may still arrive.
    await runner.query(`
      create table engine.kurrent_asked (
        command_id uuid primary key,
        stream text not null,
        expected_version integer not null,
        until timestamptz not null
      )`);
    await runner.query(refuseElsewhere);
    await runner.query(look);
    await runner.query(enter);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function engine.kurrent_enter, engine.kurrent_look, engine.refuse_elsewhere');
    await runner.query('drop table engine.kurrent_asked, engine.kurrent_order, engine.kurrent_home');
  }
}

/** Stands before the table of a log that was moved away, in case an engine was left running on it. */
const refuseElsewhere = `
create function engine.refuse_elsewhere() returns trigger language plpgsql as $$
begin
  if current_setting('threeloops.moving', true) is distinct from 'on' then
    raise exception 'the facts of this log were moved to KurrentDB; set EVENT_STORE and start again' using errcode = 'restrict_violation';
  end if;
  return null;
end $$`;

const look = `
create function engine.kurrent_look(commands uuid[], streams text[]) returns jsonb language sql volatile as $$
  select jsonb_build_object(
    'head', (select jsonb_build_object('position', position, 'commit', commit_position::text, 'prepare', prepare_position::text,
                                       'ms', (extract(epoch from recorded_at) * 1000)::bigint)
             from engine.kurrent_order order by position desc limit 1),
    'versions', (select jsonb_object_agg(asked.stream, coalesce((select version from engine.kurrent_order where stream = asked.stream order by version desc limit 1), 0))
                 from (select distinct unnest(streams) as stream) asked),
    'known', (select jsonb_agg(jsonb_build_object('commandId', first.command_id, 'stream', last.stream, 'version', last.version, 'position', last.position,
                                                  'fingerprint', first.fingerprint, 'eventId', first.event_id, 'ms', (extract(epoch from last.recorded_at) * 1000)::bigint) order by first.position)
              from engine.kurrent_order first
              cross join lateral (
                select stream, version, position, recorded_at from engine.kurrent_order
                where stream = first.stream and version >= first.version and command_id = first.command_id
                order by version desc limit 1) last
              where first.command_id = any (commands) and first.fingerprint is not null),
    'asked', (select jsonb_agg(jsonb_build_object(
                'commandId', asked.command_id, 'stream', asked.stream, 'expectedVersion', asked.expected_version,
                'over', asked.until < clock_timestamp()
                        or exists (select from engine.kurrent_order where command_id = asked.command_id and fingerprint is not null)
                        or exists (select from engine.kurrent_order where stream = asked.stream and version > asked.expected_version)))
              from engine.kurrent_asked asked))
$$`;

/** The lock is the connection's and stays until it is let go, over several transactions. Under it, what was committed before is seen. */
const enter = `
create function engine.kurrent_enter(commands uuid[], streams text[]) returns jsonb language plpgsql volatile as $$
begin
  perform pg_advisory_lock(310110, 7);
  return engine.kurrent_look(commands, streams);
end $$`;
