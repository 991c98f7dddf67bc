import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { streamOf } from '#engine';
import type { Loaded, Order, Outcome } from '#engine';
import type { PhotoRef, Reason } from '#events';
import { mayKnow } from '#identity';
import type { Caller } from '#identity';
import type { CommandOf, IncidentCommand, IncidentCommandType } from '#incident';
import { Conflict, parseIso, Refusal, toIso } from '#kernel';
import type { Sealed } from '#kernel';
import { PhotoShelf } from '#photos';
import { keyFrom, Sealer } from '#sealing';
import type { PersonalTexts } from '#sealing';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { callerOf, headerOf, isUuid, noSuchIncident } from '../door/request.js';
import type { ApiRequest } from '../door/request.js';
import type { DeviceTimes, SentReason } from './bodies.js';
import { fingerprintOf } from './fingerprint.js';
import { IncidentOrder } from './incident-order.js';

export const idempotencyKey = { name: 'Idempotency-Key', required: false, description: 'UUID; asking again with the same one does nothing twice', schema: { type: 'string', format: 'uuid' } } as const;

/** What the sender of a command is answered. */
export interface OrderAnswer extends Outcome {
  /** Also the number of what the command began: a whistle or a supervision order. */
  readonly commandId: string;
}

/** One request on its way to becoming a command. */
export interface Sending {
  readonly request: ApiRequest;
  readonly caller: Caller;
  readonly commandId: string;
  /** Whether the sender chose the id and may therefore ask again with it. */
  readonly repeatable: boolean;
}

/** The sender's clock goes on between an attempt and its repeat; what is wanted stays the same. */
const withoutDeviceTime = (body: unknown): unknown => (typeof body === 'object' && body !== null ? { ...body, deviceTime: undefined } : body);

const revisionPattern = /^(?:W\/)?"?(\d{1,9})"?$/;

const expectedRevisionIn = (request: ApiRequest): number | undefined => {
  const said = headerOf(request, 'if-match') ?? headerOf(request, 'x-expected-revision');
  if (said === null || said === '*') return undefined;
  const revision = revisionPattern.exec(said)?.[1];
  if (revision === undefined) throw new Refusal('request.revision-unreadable', 'If-Match or x-expected-revision is the revision that you saw, a whole number.');
  return Number(revision);
};

/**
 * 受理口 Turns requests into orders: who, under which id, sealed, with the sender's times. Nothing that a person wrote goes past it in
 * the clear.
 */
@Injectable()
export class Door {
  private readonly sealer: Sealer;
  private readonly shelf: PhotoShelf;
  private readonly fingerprintKey: Buffer;

  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(CommandBus) private readonly bus: CommandBus,
  ) {
    this.sealer = new Sealer(ports.vault, ports.secret);
    this.shelf = new PhotoShelf(ports.photos, ports.vault);
    this.fingerprintKey = keyFrom(ports.secret, 'fingerprint of a request');
  }

  sending(request: ApiRequest): Sending {
    const key = headerOf(request, 'idempotency-key');
    if (key !== null && !isUuid(key)) throw new Refusal('request.idempotency-key', 'Idempotency-Key is a UUID, a new one for everything that you want done.');
    return { request, caller: callerOf(request), commandId: key?.toLowerCase() ?? randomUUID(), repeatable: key !== null };
  }

  /** The incident as the log has it, if the caller may see it; otherwise there is none. */
  async visible(caller: Caller, incidentId: string): Promise<Loaded> {
    const loaded = await this.ports.desk.load(incidentId);
    if (await mayKnow(caller.account, this.ports.library().current, incidentId, loaded.state, this.ports.views)) return loaded;
    throw noSuchIncident();
  }

  /** Sends a command and answers how far the log has come. A missed revision is told with who changed the incident last. */
  async send<Type extends IncidentCommandType>(sending: Sending, type: Type, data: CommandOf<Type>['data'], times: DeviceTimes): Promise<OrderAnswer> {
    const { request, caller, commandId, repeatable } = sending;
    const expectedRevision = expectedRevisionIn(request);
    const order: Order = {
      command: { type, data } as unknown as IncidentCommand,
      actor: caller.actor,
      commandId,
      correlationId: request.correlationId,
      ...(times.onBehalfOf === undefined ? {} : { onBehalfOf: times.onBehalfOf }),
      ...this.timesIn(times),
      ...(repeatable ? { fingerprint: fingerprintOf(this.fingerprintKey, caller.actor.id, `${request.method} ${request.url}`, withoutDeviceTime(request.body)) } : {}),
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
    };
    try {
      const outcome = await this.bus.execute(new IncidentOrder(order));
      request.logPosition = outcome.position;
      return { ...outcome, commandId };
    } catch (error) {
      throw error instanceof Conflict ? await this.withLastChange(error, data.incidentId) : error;
    }
  }

  async note(incidentId: string, note: string | undefined): Promise<{ readonly note?: Sealed }> {
    return this.sealer.seal(incidentId, { note });
  }

  async reason(incidentId: string, { code, note }: SentReason): Promise<Reason> {
    return { code, ...(await this.note(incidentId, note)) };
  }

  async photos(sha256s: readonly string[] | undefined): Promise<{ readonly photos?: readonly PhotoRef[] }> {
    return sha256s === undefined || sha256s.length === 0 ? {} : { photos: await this.shelf.referencesTo(sha256s) };
  }

  sealedReport(incidentId: string, texts: PersonalTexts): ReturnType<Sealer['sealReport']> {
    return this.sealer.sealReport(incidentId, texts);
  }

  private timesIn({ claimedAt, deviceTime }: DeviceTimes): Pick<Order, 'claimedAt' | 'deviceSkewMs'> {
    const claimed = claimedAt === undefined ? null : parseIso(claimedAt);
    const device = deviceTime === undefined ? null : parseIso(deviceTime);
    return {
      ...(claimed === null ? {} : { claimedAt: toIso(claimed) }),
      ...(device === null ? {} : { deviceSkewMs: device - this.ports.clock.now() }),
    };
  }

  private async withLastChange(conflict: Conflict, incidentId: string): Promise<Conflict> {
    const events = await this.ports.store.readStream(streamOf(incidentId));
    const last = events.at(-1);
    if (!last) return conflict;
    const { version, recordedAt, type, actor } = last;
    return new Conflict(conflict.message, { ...conflict.details, revision: version, changedBy: actor, changedAt: recordedAt, change: type });
  }
}
