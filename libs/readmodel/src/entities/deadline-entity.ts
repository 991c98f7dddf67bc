import type { ClockName, Rung } from '#events';
import type { Iso } from '#kernel';
import type { DeadlineRow } from '#views';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { isoText } from './transformers.js';

/** 时限视图 One row for each clock. */
@Entity({ schema: 'views', name: 'deadline' })
export class DeadlineEntity {
  @PrimaryColumn({ type: 'text', name: 'incident_id' })
  incidentId: string;

  @PrimaryColumn({ type: 'text', name: 'clock_id' })
  clockId: string;

  @Column({ type: 'text' })
  clock: ClockName;

  @Column({ type: 'text' })
  unit: string;

  @Column({ type: 'text' })
  rung: Rung;

  @Column({ type: 'text' })
  status: DeadlineRow['status'];

  @Column({ type: 'timestamptz', precision: 3, name: 'started_at', transformer: isoText })
  startedAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'warn_at', transformer: isoText })
  warnAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'due_at', transformer: isoText })
  dueAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'serious_at', transformer: isoText })
  seriousAt: Iso;

  @Column({ type: 'timestamptz', precision: 3, name: 'stopped_at', nullable: true, transformer: isoText })
  stoppedAt: Iso | null;

  @Column({ type: 'boolean' })
  warned: boolean;

  @Column({ type: 'boolean' })
  breached: boolean;

  @Column({ type: 'boolean', name: 'seriously_breached' })
  seriouslyBreached: boolean;

  @Column({ type: 'boolean' })
  exempted: boolean;

  @Column({ type: 'text' })
  grid: string;

  @Column({ type: 'text' })
  street: string;
}
