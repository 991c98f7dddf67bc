import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 视图 The tables that people look at, all of them a fold of the log: what is lost here is rebuilt from it. */
export class ViewTables0000000000101 implements MigrationInterface {
  readonly name = 'ViewTables0000000000101';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create schema views`);
    for (const statement of [incident, incidentParty, deadline, timelineEntry, uncompressed, queue, ...indices]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop schema views cascade`);
  }
}

const incident = `
create table views.incident (
  incident_id text not null,
  revision integer not null,
  position bigint not null,
  stage text not null,
  open boolean not null,
  round integer not null,
  rung text,
  loop text,
  accountable_unit text,
  holder text,
  channel text not null,
  external_id text,
  grid text not null,
  community text not null,
  street text not null,
  district text not null,
  city text not null,
  longitude double precision,
  latitude double precision,
  rule_hint text,
  rule_id text,
  subclass_code text,
  scenario text,
  grade text,
  reporter jsonb,
  description jsonb,
  address jsonb,
  photos jsonb not null,
  reported_at timestamptz(3) not null,
  filed_at timestamptz(3),
  closed_at timestamptz(3),
  changed_at timestamptz(3) not null,
  due_at timestamptz(3),
  due_clock text,
  breached_clocks integer not null,
  escalations integer not null,
  returns integer not null,
  reworks integer not null,
  suspended_until timestamptz(3),
  self_handled boolean not null,
  satisfaction text,
  merged_into text,
  constraint incident_key primary key (incident_id)
)`;

const incidentParty = `
create table views.incident_party (
  incident_id text not null,
  unit text not null,
  constraint incident_party_key primary key (incident_id, unit)
)`;

const deadline = `
create table views.deadline (
  incident_id text not null,
  clock_id text not null,
  clock text not null,
  unit text not null,
  rung text not null,
  status text not null,
  started_at timestamptz(3) not null,
  warn_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  serious_at timestamptz(3) not null,
  stopped_at timestamptz(3),
  warned boolean not null,
  breached boolean not null,
  seriously_breached boolean not null,
  exempted boolean not null,
  grid text not null,
  street text not null,
  constraint deadline_key primary key (incident_id, clock_id)
)`;

// The facts' data are text and no json: they are shown as they were written and never searched, and checking them would be a third
// of the cost of writing them.
const timelineEntry = `
create table views.timeline_entry (
  incident_id text not null,
  version integer not null,
  position bigint not null,
  type text not null,
  round integer not null,
  recorded_at timestamptz(3) not null,
  claimed_at timestamptz(3),
  actor_id text not null,
  actor_role text not null,
  actor_unit text not null,
  on_behalf_of text,
  data text not null,
  constraint timeline_entry_key primary key (incident_id, version)
) with (toast_tuple_target = 8160)`;

// Compressing the few that are longer than two kilobytes would cost more time than all the rest of writing them.
const uncompressed = `alter table views.timeline_entry alter column data set storage external`;

const queue = `
create view views.queue as
select holder, incident_id, grid, community, street, district, city, breached_clocks > 0 as breached, due_at
from views.incident
where open and holder is not null`;

/** One for each order that a list can have, one for each place that a scope can name, and one for what a unit looks for. */
const indices = [
  `create index incident_by_report on views.incident (reported_at, incident_id)`,
  `create index incident_by_change on views.incident (changed_at, incident_id)`,
  `create index incident_by_due on views.incident (due_at, incident_id)`,
  `create index incident_by_street on views.incident (street, reported_at, incident_id)`,
  `create index incident_by_community on views.incident (community, reported_at, incident_id)`,
  `create index incident_by_grid on views.incident (grid, reported_at, incident_id)`,
  `create index incident_by_holder on views.incident (holder, due_at, incident_id) where open`,
  `create index incident_by_unit on views.incident (accountable_unit, reported_at, incident_id)`,
  `create index incident_by_subclass on views.incident (subclass_code, reported_at, incident_id)`,
  `create index incident_party_by_unit on views.incident_party (unit, incident_id)`,
  `create index deadline_by_due on views.deadline (due_at, incident_id, clock_id) where status = 'running'`,
  `create index deadline_by_unit on views.deadline (unit, due_at, incident_id, clock_id) where status = 'running'`,
];
