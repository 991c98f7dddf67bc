import type { Point } from './ground.js';
import type { OutboxPhoto } from './outbox/item.js';

/** 上报单 What is filled in for a report. */
export interface ReportForm {
  readonly ruleId: string | null;
  readonly gridCode: string | null;
  readonly location: Point | null;
  /** Whether a person chose the place; then the position of the phone changes it no more. */
  readonly byHand: boolean;
  readonly onTheSpot: boolean;
  readonly description: string;
}

const onTheSpotAddress = '/api/incidents/on-the-spot';
export const reportAddress = '/api/incidents';

export interface ReportRequest {
  readonly address: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const given = (fields: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ''));

/** What is sent: a report, or a report that is handled and closed in the same act. */
export const requestOf = ({ ruleId, gridCode, location, onTheSpot, description }: ReportForm, channel: string, incidentId: string): ReportRequest => {
  const text = description.trim();
  const body = { incidentId, channel, ...given({ gridCode, location }) };
  return onTheSpot
    ? { address: onTheSpotAddress, body: { ...body, ...given({ ruleId, handlingNote: text }) } }
    : { address: reportAddress, body: { ...body, ...given({ ruleHint: ruleId, description: text }) } };
};

/** The form of something that was written down before, also of one that the engine refused. */
export const formOf = ({ address, body }: ReportRequest): ReportForm => {
  const text = (name: string): string | null => (typeof body[name] === 'string' ? (body[name] as string) : null);
  return {
    ruleId: text('ruleId') ?? text('ruleHint'), gridCode: text('gridCode'), location: (body['location'] as Point | undefined) ?? null,
    byHand: text('gridCode') !== null || body['location'] !== undefined, onTheSpot: address === onTheSpotAddress, description: text('description') ?? text('handlingNote') ?? '',
  };
};

/** Handled on the spot, the last photo shows the result and those before it what was found. */
export const photosOf = (photos: readonly OutboxPhoto[], onTheSpot: boolean): readonly OutboxPhoto[] =>
  photos.map((photo, index) => ({ ...photo, field: onTheSpot && index === photos.length - 1 ? 'handlingPhotos' : 'photos' }));

/** What is still missing before it can be sent. */
export type Missing = 'subject' | 'place' | 'photo';

export const missingIn = ({ ruleId, gridCode, location, onTheSpot }: ReportForm, photos: number): Missing | null => {
  if (ruleId === null) return 'subject';
  if (gridCode === null && location === null) return 'place';
  return onTheSpot && photos === 0 ? 'photo' : null;
};
