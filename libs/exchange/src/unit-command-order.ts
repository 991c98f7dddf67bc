import { deterministicId } from '#engine';
import type { Order } from '#engine';
import { mayKnow, maySend } from '#identity';
import type { IncidentCommand } from '#incident';
import { Refusal } from '#kernel';
import type { OrderParts } from './intake-parts.js';
import type { TrustedRecord } from './trusted-record.js';
import { readUnitCommand } from './unit-command-record.js';
import type { UnitCommandType } from './unit-command-record.js';

/**
 * 承办指令 The order that a record of a unit's own system stands for: by the table of authority, about an incident that the unit may see. Whether
 * it may do this now is the incident's own decision, as for everybody. Refuses with `role.not-permitted`, `incident.unknown`, `photo.unknown`, `input.invalid`.
 */
export const unitCommandOrder = async (type: UnitCommandType, { account, actor, recordId, body }: TrustedRecord, { desk, past, library, sealer, photos }: OrderParts): Promise<Order> => {
  if (!maySend(account.role, type)) throw new Refusal('role.not-permitted', 'The account may not send this command.');
  const { incidentId, plain, reason, note, photos: sha256s, expectedRevision, claimedAt, onBehalfOf } = readUnitCommand(type, body);
  const commandId = deterministicId('record', account.id, recordId);
  const { state } = await desk.load(incidentId);
  if (!(await mayKnow(account, library().current, incidentId, state, past))) throw new Refusal('incident.unknown', 'There is no incident with this number.', { field: 'incidentId' });
  const sealed = await sealer.seal(incidentId, { note: reason === undefined ? note : reason.note });
  return {
    command: {
      type,
      data: {
        incidentId, ...plain, ...(reason === undefined ? sealed : { reason: { code: reason.code, ...sealed } }),
        ...(sha256s === undefined || sha256s.length === 0 ? {} : { photos: await photos.referencesTo(sha256s) }),
      },
    } as IncidentCommand,
    actor, commandId, correlationId: commandId,
    ...(expectedRevision === undefined ? {} : { expectedRevision }), ...(claimedAt === undefined ? {} : { claimedAt }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
  };
};
