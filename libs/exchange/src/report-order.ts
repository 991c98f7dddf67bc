import { deterministicId, reportIdOf } from '#engine';
import type { Order } from '#engine';
import { gridOfReport } from '#identity';
import type { OrderParts } from './intake-parts.js';
import { readReport } from './report-record.js';
import type { TrustedRecord } from './trusted-record.js';

/** 上报指令 The order that a report stands for, as one by HTTP would. Refuses with `channel.not-permitted`, `place.*`, `photo.unknown`, `input.invalid`. */
export const reportOrder = async ({ account, actor, recordId, body }: TrustedRecord, { library, sealer, photos: shelf }: Pick<OrderParts, 'library' | 'sealer' | 'photos'>): Promise<Order> => {
  const report = readReport(body);
  const { channel, externalId, location, ruleHint, claimedAt, onBehalfOf, photos = [] } = report;
  const gridCode = gridOfReport(account, library().current, report);
  const commandId = deterministicId('record', account.id, recordId);
  const incidentId = reportIdOf(report, commandId);
  const sealed = await sealer.sealReport(incidentId, report);
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
