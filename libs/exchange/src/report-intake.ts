import { createHmac } from 'node:crypto';
import { deterministicId } from '#engine';
import type { CommandDesk } from '#engine';
import { channelsOf, maySend } from '#identity';
import { Refusal } from '#kernel';
import type { KeyVault } from '#kernel';
import { insideCity, nearestGrid } from '#reference';
import type { City, Library } from '#reference';
import { keyFrom, Sealer } from '#sealing';
import type { IncomingRecord, Intake } from './bus.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import { readReport } from './report-record.js';
import type { ReportRecord } from './report-record.js';
import { schemas } from './trusted-record.js';
import type { RecordGate, TrustedRecord } from './trusted-record.js';

export interface ReportIntakeParts {
  readonly desk: CommandDesk;
  readonly library: () => Library;
  readonly vault: KeyVault;
  /** 32 random bytes that outlive restarts. */
  readonly secret: Uint8Array;
  readonly gate: RecordGate;
  readonly letters: DeadLetters;
}

/** The grid of a report, within what its channel answers for. Refuses with `place.*`. */
export const gridFor = (city: City, place: string | null, { gridCode, location }: Pick<ReportRecord, 'gridCode' | 'location'>): string => {
  const grid = gridCode ?? (location ? nearestGrid(city, location) : '');
  if (!city.pathOf(grid)) throw new Refusal('place.unknown-grid', 'There is no such grid in this city.', { field: 'gridCode' });
  if (location) insideCity(city, location);
  if (place !== null && !city.contains(place, grid)) throw new Refusal('place.out-of-jurisdiction', 'The channel does not answer for this grid.', { field: 'gridCode' });
  return grid;
};

/**
 * 上报接入 Reports from a bus go in by the same desk as all others. The command id follows from the channel and the id of the record, and the log
 * takes a command id once: so the effect of a record and the memory that it had it are one append, and a record that is delivered again (after a
 * crash, to another process, sent twice) finds itself done. What the broker remembers of offsets only saves work.
 */
export class ReportIntake implements Intake {
  readonly topic = 'commands';
  private readonly sealer: Sealer;
  private readonly fingerprintKey: Buffer;

  constructor(private readonly parts: ReportIntakeParts) {
    this.sealer = new Sealer(parts.vault, parts.secret);
    this.fingerprintKey = keyFrom(parts.secret, 'fingerprint of a record');
  }

  take(): Promise<null> {
    return Promise.resolve(null);
  }

  /** Reports do not depend on each other: all at once, so that the log records them together. */
  async handle(_partition: number, records: readonly IncomingRecord[]): Promise<void> {
    const letters = await Promise.all(records.map((record) => this.one(record)));
    await this.parts.letters.tell(letters.filter((letter) => letter !== null));
  }

  private async one(record: IncomingRecord): Promise<DeadLetter | null> {
    try {
      await this.report(await this.parts.gate.open(record, schemas.report), record);
      return null;
    } catch (error) {
      if (error instanceof Refusal) return { record, refusal: error };
      throw error;
    }
  }

  private async report({ account, actor, recordId, body }: TrustedRecord, { value }: IncomingRecord): Promise<void> {
    const report = readReport(body);
    const { channel, externalId, location, ruleHint, description, address, reporter, claimedAt, onBehalfOf } = report;
    if (!maySend(account.role, 'ReportIncident') || !channelsOf(account.role).includes(channel)) {
      throw new Refusal('channel.not-permitted', 'The account does not report as this channel.', { field: 'channel' });
    }
    const gridCode = gridFor(this.parts.library().current, account.place, report);
    const commandId = deterministicId('record', account.id, recordId);
    // The same number as by HTTP: a report that comes both ways is one.
    const incidentId = report.incidentId ?? (externalId === undefined ? deterministicId('report', commandId) : deterministicId('report', channel, externalId));
    const person = reporter === undefined ? undefined : JSON.stringify({ name: reporter.name, telephone: reporter.telephone });
    const sealed = await this.sealer.seal(incidentId, { reporter: person, description, address }, reporter?.telephone);
    await this.parts.desk.execute({
      command: {
        type: 'ReportIncident',
        data: { incidentId, channel, gridCode, ...(externalId === undefined ? {} : { externalId }), ...(location === undefined ? {} : { location }), ...(ruleHint === undefined ? {} : { ruleHint }), ...sealed },
      },
      actor, commandId, correlationId: commandId, fingerprint: createHmac('sha256', this.fingerprintKey).update(value ?? '').digest('base64url'),
      ...(claimedAt === undefined ? {} : { claimedAt }), ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    });
  }
}
