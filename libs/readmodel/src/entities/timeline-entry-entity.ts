import type { Iso } from '#kernel';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { isoText, jsonText, wholeNumber } from './transformers.js';

/** 时间线 One row for each fact. */
@Entity({ schema: 'views', name: 'timeline_entry' })
export class TimelineEntryEntity {
  @PrimaryColumn({ type: 'text', name: 'incident_id' })
  incidentId: string;

  @PrimaryColumn({ type: 'integer' })
  version: number;

  @Column({ type: 'bigint', transformer: wholeNumber })
  position: number;

  @Column({ type: 'text' })
  type: string;

  @Column({ type: 'integer' })
  round: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'recorded_at', transformer: isoText })
  recordedAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'claimed_at', nullable: true, transformer: isoText })
  claimedAt: Iso | null;

  @Column({ type: 'bigint', name: 'device_skew_ms', nullable: true, transformer: wholeNumber })
  deviceSkewMs: number | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'happened_at', nullable: true, transformer: isoText })
  happenedAt: Iso | null;

  @Column({ type: 'text', name: 'actor_id' })
  actorId: string;

  @Column({ type: 'text', name: 'actor_role' })
  actorRole: string;

  @Column({ type: 'text', name: 'actor_unit' })
  actorUnit: string;

  @Column({ type: 'text', name: 'on_behalf_of', nullable: true })
  onBehalfOf: string | null;

  @Column({ type: 'text', transformer: jsonText })
  data: Readonly<Record<string, unknown>>;
}
