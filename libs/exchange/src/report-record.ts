import { channels } from '#events';
import type { Channel, GeoPoint } from '#events';
import { photosMax, textLengthMax } from '#incident';
import { given, RecordFields } from './record-fields.js';

/** 上报 What a record `ReportIncident/1` holds: the same as `POST /api/incidents`. */
export interface ReportRecord {
  readonly channel: Channel;
  readonly incidentId?: string;
  readonly externalId?: string;
  readonly gridCode?: string;
  readonly location?: GeoPoint;
  readonly description?: string;
  readonly address?: string;
  readonly reporter?: { readonly name: string; readonly telephone?: string };
  readonly ruleHint?: string;
  readonly claimedAt?: string;
  readonly onBehalfOf?: string;
  readonly photos?: readonly string[];
}

const reporterIn = (fields: RecordFields): ReportRecord['reporter'] => {
  const part = fields.part('reporter');
  if (!part) return undefined;
  const [name, telephone] = [part.need('name', part.line('name', 100)), part.line('telephone', 40)];
  part.nothingMore();
  return name === undefined ? undefined : { name, ...given({ telephone }) };
};

/** Refuses with `input.invalid`, all fields by name, and `record.unreadable`. */
export const readReport = (body: unknown): ReportRecord => {
  const fields = RecordFields.of(body);
  const channel = fields.need('channel', fields.oneOf('channel', channels));
  const report = given({
    incidentId: fields.uuid('incidentId'), externalId: fields.code('externalId'), gridCode: fields.code('gridCode'), location: fields.location('location'), description: fields.text('description', textLengthMax),
    address: fields.text('address', 200), reporter: reporterIn(fields), ruleHint: fields.code('ruleHint'), claimedAt: fields.moment('claimedAt'), onBehalfOf: fields.line('onBehalfOf', 100),
    photos: fields.sha256s('photos', photosMax),
  });
  if (report.gridCode === undefined && report.location === undefined) fields.note('gridCode', 'required', 'gridCode or location is required');
  fields.nothingMore();
  fields.insist();
  return { channel: channel as Channel, ...report };
};
