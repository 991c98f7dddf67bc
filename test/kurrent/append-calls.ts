import type { ServerDuplexStream } from '@grpc/grpc-js';
import code from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/code_pb.js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import status from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import type { BatchAppendReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Expected, Outcome, Proposed } from './stored-log.js';

export type BatchCall = ServerDuplexStream<BatchAppendReq, streams.BatchAppendResp>;

/** What is asked for by the parts of one append, once the last of them has come. */
export interface AskedAppend {
  readonly stream: string;
  readonly expected: Expected;
  readonly events: readonly Proposed[];
  readonly answer: (outcome: Outcome) => void;
  /** By when the client wants to have it recorded, in milliseconds since 1970. */
  readonly until: number;
}

const idOf = (uuid: shared.UUID | undefined): string => uuid?.getString() ?? '';

const expectedBy = (options: BatchAppendReq.Options): Expected => {
  if (options.hasNoStream()) return -1;
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'exists' : Number(options.getStreamPosition());
};

const proposedIn = (message: BatchAppendReq.ProposedMessage): Proposed => ({
  id: idOf(message.getId()), type: message.getMetadataMap().get('type') ?? '', contentType: message.getMetadataMap().get('content-type') ?? '',
  metadata: Buffer.from(message.getCustomMetadata_asU8()), data: Buffer.from(message.getData_asU8()),
});

/** One field of protobuf's wire format, of less than 16 kB: its number, its length, its bytes. */
const field = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([(number << 3) | 2, (bytes.length & 127) | 128, bytes.length >> 7]), bytes]);

/** A `google.rpc.Status` whose details are a message of the server's own. */
const statusOf = (message: string, name: string, details: { serializeBinary(): Uint8Array }): status.Status => {
  const any = Buffer.concat([field(1, Buffer.from(`type.googleapis.com/event_store.client.${name}`)), field(2, details.serializeBinary())]);
  return status.Status.deserializeBinary(Buffer.concat([field(2, Buffer.from(message)), field(3, any)])).setCode(code.Code.FAILED_PRECONDITION);
};

const errorOf = (outcome: Exclude<Outcome, { kind: 'recorded' }>): status.Status => {
  if (outcome.kind === 'deleted') return statusOf('stream deleted', 'StreamDeleted', new shared.StreamDeleted());
  const wrong = new shared.WrongExpectedVersion();
  if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty() as never);
  else wrong.setCurrentStreamRevision(String(outcome.current));
  if (outcome.expected === -1) wrong.setExpectedNoStream(new shared.Empty() as never);
  else if (typeof outcome.expected === 'number') wrong.setExpectedStreamPosition(String(outcome.expected));
  return statusOf('wrong expected version', 'WrongExpectedVersion', wrong);
};

const responseOf = (correlation: shared.UUID, name: shared.StreamIdentifier | undefined, outcome: Outcome): streams.BatchAppendResp => {
  const response = new streams.BatchAppendResp().setCorrelationId(correlation).setStreamIdentifier(name);
  if (outcome.kind !== 'recorded') return response.setError(errorOf(outcome));
  const position = new shared.AllStreamPosition().setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
  return response.setSuccess(new streams.BatchAppendResp.Success().setCurrentRevision(String(outcome.revision)).setPosition(position));
};

/** Puts the parts of appends together and hands each on when it is whole. */
export const answerBatchAppend = (call: BatchCall, take: (asked: AskedAppend) => void): void => {
  const begun = new Map<string, { readonly options: BatchAppendReq.Options; readonly events: Proposed[] }>();
  call.on('data', (request: BatchAppendReq) => {
    const correlation = request.getCorrelationId();
    if (!correlation) return;
    const id = idOf(correlation);
    const options = begun.get(id)?.options ?? request.getOptions();
    if (!options) return;
    const part = begun.get(id) ?? { options, events: [] };
    begun.set(id, part);
    part.events.push(...request.getProposedMessagesList().map(proposedIn));
    if (!request.getIsFinal()) return;
    begun.delete(id);
    const name = options.getStreamIdentifier();
    const until = options.getDeadline21100()?.toDate().getTime() ?? Number.POSITIVE_INFINITY;
    take({
      stream: Buffer.from(name?.getStreamName_asU8() ?? []).toString('utf8'), expected: expectedBy(options), events: part.events, until,
      answer: (outcome) => void call.write(responseOf(correlation, name, outcome)),
    });
  });
  call.on('end', () => call.end());
  call.on('error', () => undefined);
};
