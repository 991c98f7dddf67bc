import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The lock under which positions are given out; advisory locks belong to one database. */
const appendLock = '310110, 1';

/** 账本 The log, what it is, and the one function that writes to it. */
export class LogTables0000000000001 implements MigrationInterface {
  readonly name = 'LogTables0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table engine.log (
        only_one boolean primary key default true check (only_one),
        log_id uuid not null,
        kind text not null check (kind in ('live', 'demo', 'played')),
        created_at timestamptz(3) not null
      )`);
    // Payload and provenance are the very texts that will be hashed, so they are text and not json.
    // The first event of a command carries its fingerprint, '' when it has none: that index is the memory of commands.
    await runner.query(`
      create table engine.events (
        position bigint not null,
        stream text not null,
        version integer not null,
        event_id uuid not null,
        type text not null,
        schema smallint not null,
        recorded_at timestamptz(3) not null,
        command_id uuid not null,
        fingerprint text,
        meta text not null,
        data text not null,
        constraint events_by_position primary key (position),
        constraint events_by_stream unique (stream, version)
      )`);
    await runner.query(`create unique index events_by_command on engine.events (command_id) where fingerprint is not null`);
    await runner.query(refuseChanges);
    await runner.query(`create trigger events_stay before update or delete on engine.events for each row execute function engine.refuse_change()`);
    await runner.query(`create trigger events_all_stay before truncate on engine.events for each statement execute function engine.refuse_change()`);
    await runner.query(`create trigger log_stays before update or delete on engine.log for each row execute function engine.refuse_change()`);
    await runner.query(`create trigger all_log_stays before truncate on engine.log for each statement execute function engine.refuse_change()`);
    await runner.query(askedEvent);
    await runner.query(objections);
    await runner.query(append);
    await runner.query(appendOne);
  }

  async down(): Promise<void> {
    throw new Error('a log is never taken back');
  }
}

const refuseChanges = `
create function engine.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'what is recorded stays: % on %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'restrict_violation';
end $$`;

const askedEvent = `
create type engine.asked_event as (
  turn integer,            -- which append of the batch it belongs to, from 0
  stream text,
  version integer,         -- the version that it wants to be
  event_id uuid,
  type text,
  schema smallint,
  decided_at timestamptz,
  valid_until timestamptz,
  command_id uuid,
  fingerprint text,        -- not null on the first event of each append
  meta text,
  data text
)`;

/** What speaks against recording: a stream that is not at the version expected, a command that is known. Null when nothing does. */
const objections = `
create function engine.objections(batch engine.asked_event[]) returns jsonb language plpgsql volatile as $$
begin
  return (
    select jsonb_agg(jsonb_build_object(
             'turn', asked.turn,
             'actualVersion', coalesce(actual.version, 0),
             'known', case when known.stream is not null then jsonb_build_object(
               'stream', known.stream, 'version', known.version, 'position', known.position, 'fingerprint', known.fingerprint,
               'recordedMs', (extract(epoch from known.recorded_at) * 1000)::bigint) end))
    from unnest(batch) asked
    left join lateral (select version from engine.events where stream = asked.stream order by version desc limit 1) actual on true
    left join lateral (
      select first.fingerprint, last.*
      from engine.events first
      cross join lateral (
        select stream, version, position, recorded_at from engine.events
        where stream = first.stream and version >= first.version and command_id = first.command_id
        order by version desc limit 1) last
      where first.command_id = asked.command_id and first.fingerprint is not null) known on true
    where asked.fingerprint is not null and (known.stream is not null or coalesce(actual.version, 0) <> asked.version - 1));
end $$`;

/**
 * Answers the head of the log before this batch and what was not recorded, by turn; from that the caller knows everything.
 *
 * It looks first and locks last. Looking needs no lock: a version never goes back and a command is never forgotten, so
 * whatever changes between looking and locking makes the insert fail on a unique key, and the caller asks again.
 * Under the lock positions are the next ones, without gaps; the lock ends when the commit is visible, so the next holder
 * sees this batch. Therefore READ COMMITTED only: an older snapshot would not (and would fail on the position).
 */
const append = `
create function engine.append(batch engine.asked_event[], out head_position bigint, out head_at timestamptz, out rejected jsonb)
language plpgsql volatile as $$
#variable_conflict use_column
declare
  asked engine.asked_event;
  refused integer[];
  moment timestamptz;
begin
  rejected := engine.objections(batch);
  if rejected is not null then
    refused := array(select (objection ->> 'turn')::integer from jsonb_array_elements(rejected) objection);
    if cardinality(refused) > batch[array_upper(batch, 1)].turn then return; end if;
  end if;

  perform pg_advisory_xact_lock(${appendLock});
  select position, recorded_at into head_position, head_at from engine.events order by position desc limit 1;
  moment := coalesce(head_at, '-infinity');

  -- Only when some append may have expired does the order of the moments have to be walked through.
  if (select min(valid_until) < greatest(moment, max(decided_at)) from unnest(batch)) then
    foreach asked in array batch loop
      continue when asked.fingerprint is null or asked.turn = any (refused);
      if asked.valid_until < greatest(moment, asked.decided_at) then
        refused := refused || asked.turn;
        rejected := coalesce(rejected, '[]') || jsonb_build_object(
          'turn', asked.turn, 'expiredMs', (extract(epoch from greatest(moment, asked.decided_at)) * 1000)::bigint);
      else
        moment := greatest(moment, asked.decided_at);
      end if;
    end loop;
  end if;

  insert into engine.events (position, stream, version, event_id, type, schema, recorded_at, command_id, fingerprint, meta, data)
  select coalesce(head_position, 0) + row_number() over in_order, stream, version, event_id, type, schema,
         greatest(head_at, max(decided_at) over in_order), command_id, fingerprint, meta, data
  from unnest(batch) with ordinality
    as asked (turn, stream, version, event_id, type, schema, decided_at, valid_until, command_id, fingerprint, meta, data, nth)
  where refused is null or turn <> all (refused)
  window in_order as (order by nth rows unbounded preceding);
end $$`;

/**
 * The short way for one event alone, which is what a quiet hour mostly brings: as few statements and expressions as will do,
 * and a result that is one number, all under the lock. Answers the position; its negative when the log was later than the
 * decision, so that its moment was recorded; null when nothing was recorded, and `engine.append` tells why. A command that
 * is known fails on its unique key.
 */
const appendOne = `
create function engine.append_one(
  asked_stream text, asked_version integer, asked_event_id uuid, asked_type text, asked_schema smallint, asked_decided_at timestamptz,
  asked_valid_until timestamptz, asked_command_id uuid, asked_fingerprint text, asked_meta text, asked_data text)
returns bigint language plpgsql volatile as $$
declare
  -- As an expression it takes a tenth of the time of a statement.
  locked constant boolean := pg_advisory_xact_lock(${appendLock}) is null;
  actual_version integer;
  last_position bigint;
  last_moment timestamptz;
begin
  select (select version from engine.events where stream = asked_stream order by version desc limit 1), position, recorded_at
    into actual_version, last_position, last_moment
    from engine.events order by position desc limit 1;
  if asked_version <> 1 + coalesce(actual_version, 0) or asked_valid_until < greatest(last_moment, asked_decided_at) then return null; end if;
  insert into engine.events (position, stream, version, event_id, type, schema, recorded_at, command_id, fingerprint, meta, data)
  values (1 + coalesce(last_position, 0), asked_stream, asked_version, asked_event_id, asked_type, asked_schema, greatest(last_moment, asked_decided_at),
          asked_command_id, asked_fingerprint, asked_meta, asked_data);
  if last_moment > asked_decided_at then return -1 - last_position; end if;
  return 1 + coalesce(last_position, 0);
end $$`;
