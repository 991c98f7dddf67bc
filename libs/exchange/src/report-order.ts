import { deterministicId } from '#engine';
import type { Order } from '#engine';
import { channelsOf, maySend } from '#identity';
import { Refusal } from '#kernel';
import { insideCity, nearestGrid } from '#reference';
import type { City } from '#reference';
import type { OrderParts } from './intake-parts.js';
import { readReport } from './report-record.js';
import type { ReportRecord } from './report-record.js';
import type { TrustedRecord } from './trusted-record.js';

/** The grid of a report, within what its channel answers for. Refuses with `place.*`. */
export const gridFor = (city: City, place: string | null, { gridCode, location }: Pick<ReportRecord, 'gridCode' | 'location'>): string => {
  const grid = gridCode ?? (location ? nearestGrid(city, location) : '');
  if (!city.pathOf(grid)) throw new Refusal('place.unknown-grid', 'There is no such grid in this city.', { field: 'gridCode' });
  if (location) insideCity(city, location);
  if (place !== null && !city.contains(place, grid)) throw new Refusal('place.out-of-jurisdiction', 'The channel does not answer for this grid.', { field: 'gridCode' });
  return grid;
};

/** 上报指令 The order that a report stands for, as one by HTTP would. Refuses with `channel.not-permitted`, `place.*`, `photo.unknown`, `input.invalid`. */
export const reportOrder = async ({ account, actor, recordId, body }: TrustedRecord, { library, sealer, photos: shelf }: Omit<OrderParts, 'desk' | 'findCommand'>): Promise<Order> => {
  const report = readReport(body);
  const { channel, externalId, location, ruleHint, description, address, reporter, claimedAt, onBehalfOf, photos = [] } = report;
  if (!maySend(account.role, 'ReportIncident') || !channelsOf(account.role).includes(channel)) {
    throw new Refusal('channel.not-permitted', 'The account does not report as this channel.', { field: 'channel' });
  }
  const gridCode = gridFor(library().current, account.place, report);
  const commandId = deterministicId('record', account.id, recordId);
  // The same number as by HTTP: a report that comes both ways is one.
  const incidentId = report.incidentId ?? (externalId === undefined ? deterministicId('report', commandId) : deterministicId('report', channel, externalId));
  const person = reporter === undefined ? undefined : JSON.stringify({ name: reporter.name, telephone: reporter.telephone });
  const sealed = await sealer.seal(incidentId, { reporter: person, description, address }, reporter?.telephone);
  return {
    command: {
      type: 'ReportIncident',
      data: {
        incidentId, channel, gridCode, ...(externalId === undefined ? {} : { externalId }), ...(location === undefined ? {} : { location }), ...(ruleHint === undefined ? {} : { ruleHint }), ...sealed,
        ...(photos.length === 0 ? {} : { photos: await shelf.referencesTo(photos) }),
      },
    },
    actor, commandId, correlationId: commandId, ...(claimedAt === undefined ? {} : { claimedAt }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
};
