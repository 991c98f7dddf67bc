import type { Channel, ClockName, Grade, Loop, PhotoRef, Rung, SatisfactionGrade } from '#events';
import type { Iso, Sealed } from '#kernel';
import type { StageWord } from '#views';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { isoText, wholeNumber } from './transformers.js';

/** 案件视图 One row for each incident. */
@Entity({ schema: 'views', name: 'incident' })
export class IncidentEntity {
  @PrimaryColumn({ type: 'text', name: 'incident_id' })
  incidentId: string;

  @Column({ type: 'integer' })
  revision: number;

  @Column({ type: 'bigint', transformer: wholeNumber })
  position: number;

  @Column({ type: 'text' })
  stage: StageWord;

  @Column({ type: 'boolean' })
  open: boolean;

  @Column({ type: 'integer' })
  round: number;

  @Column({ type: 'text', nullable: true })
  rung: Rung | null;

  @Column({ type: 'text', nullable: true })
  loop: Loop | null;

  @Column({ type: 'text', name: 'accountable_unit', nullable: true })
  accountableUnit: string | null;

  @Column({ type: 'text', nullable: true })
  holder: string | null;

  @Column({ type: 'text' })
  channel: Channel;

  @Column({ type: 'text', name: 'external_id', nullable: true })
  externalId: string | null;

  @Column({ type: 'text' })
  grid: string;

  @Column({ type: 'text' })
  community: string;

  @Column({ type: 'text' })
  street: string;

  @Column({ type: 'text' })
  district: string;

  @Column({ type: 'text' })
  city: string;

  @Column({ type: 'double precision', nullable: true })
  longitude: number | null;

  @Column({ type: 'double precision', nullable: true })
  latitude: number | null;

  @Column({ type: 'text', name: 'rule_hint', nullable: true })
  ruleHint: string | null;

  @Column({ type: 'text', name: 'rule_id', nullable: true })
  ruleId: string | null;

  @Column({ type: 'text', name: 'subclass_code', nullable: true })
  subclassCode: string | null;

  @Column({ type: 'text', nullable: true })
  scenario: string | null;

  @Column({ type: 'text', nullable: true })
  grade: Grade | null;

  @Column({ type: 'jsonb', nullable: true })
  reporter: Sealed | null;

  @Column({ type: 'jsonb', nullable: true })
  description: Sealed | null;

  @Column({ type: 'jsonb', nullable: true })
  address: Sealed | null;

  @Column({ type: 'jsonb' })
  photos: readonly PhotoRef[];

  @Column({ type: 'timestamptz', precision: 3, name: 'reported_at', transformer: isoText })
  reportedAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'happened_at', nullable: true, transformer: isoText })
  happenedAt: Iso | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'filed_at', nullable: true, transformer: isoText })
  filedAt: Iso | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'closed_at', nullable: true, transformer: isoText })
  closedAt: Iso | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'changed_at', transformer: isoText })
  changedAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'due_at', nullable: true, transformer: isoText })
  dueAt: Iso | null;

  @Column({ type: 'text', name: 'due_clock', nullable: true })
  dueClock: ClockName | null;

  @Column({ type: 'integer', name: 'breached_clocks' })
  breachedClocks: number;

  @Column({ type: 'integer' })
  escalations: number;

  @Column({ type: 'integer' })
  returns: number;

  @Column({ type: 'integer' })
  reworks: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'suspended_until', nullable: true, transformer: isoText })
  suspendedUntil: Iso | null;

  @Column({ type: 'boolean', name: 'self_handled' })
  selfHandled: boolean;

  @Column({ type: 'text', nullable: true })
  satisfaction: SatisfactionGrade | null;

  @Column({ type: 'text', name: 'merged_into', nullable: true })
  mergedInto: string | null;
}
