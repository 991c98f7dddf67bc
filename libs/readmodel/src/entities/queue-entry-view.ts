import type { Iso } from '#kernel';
import { ViewColumn, ViewEntity } from 'typeorm';
import { isoText } from './transformers.js';

/** 队列 Open incidents by whoever has to act next. The migrations make the view; this only reads it. */
@ViewEntity({ schema: 'views', name: 'queue', synchronize: false })
export class QueueEntryView {
  @ViewColumn()
  holder: string;

  @ViewColumn({ name: 'incident_id' })
  incidentId: string;

  @ViewColumn()
  grid: string;

  @ViewColumn()
  community: string;

  @ViewColumn()
  street: string;

  @ViewColumn()
  district: string;

  @ViewColumn()
  city: string;

  @ViewColumn()
  breached: boolean;

  @ViewColumn({ name: 'due_at', transformer: isoText })
  dueAt: Iso | null;
}
