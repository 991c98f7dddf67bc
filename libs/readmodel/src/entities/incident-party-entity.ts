import { Entity, PrimaryColumn } from 'typeorm';

/** 相关单位 A unit that may see an incident wherever it lies. */
@Entity({ schema: 'views', name: 'incident_party' })
export class IncidentPartyEntity {
  @PrimaryColumn({ type: 'text', name: 'incident_id' })
  incidentId: string;

  @PrimaryColumn({ type: 'text' })
  unit: string;
}
