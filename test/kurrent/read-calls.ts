import type { ServerWritableStream } from '@grpc/grpc-js';
import shared from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import type { ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import streams from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Stored, StoredLog } from './stored-log.js';

export type ReadCall = ServerWritableStream<ReadReq, streams.ReadResp>;

const ticksPerMs = 10_000n;

const uuidOf = (id: string, structured: boolean): shared.UUID => {
  const uuid = new shared.UUID();
  if (!structured) return uuid.setString(id);
  const digits = id.replaceAll('-', '');
  const half = new shared.UUID.Structured();
  half.setMostSignificantBits(BigInt.asIntN(64, BigInt(`0x${digits.slice(0, 16)}`)).toString());
  half.setLeastSignificantBits(BigInt.asIntN(64, BigInt(`0x${digits.slice(16)}`)).toString());
  return uuid.setStructured(half);
};

const responseOf = (entry: Stored, structured: boolean): streams.ReadResp => {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(entry.stream));
  recorded.setId(uuidOf(entry.id, structured)).setStreamIdentifier(identifier).setStreamRevision(String(entry.revision));
  recorded.setPreparePosition(String(entry.position)).setCommitPosition(String(entry.position)).setCustomMetadata(entry.metadata).setData(entry.data);
  recorded.getMetadataMap().set('type', entry.type).set('content-type', entry.contentType).set('created', String(BigInt(entry.created) * ticksPerMs));
  const event = new streams.ReadResp.ReadEvent();
  event.setEvent(recorded).setCommitPosition(String(entry.position));
  return new streams.ReadResp().setEvent(event);
};

const notFound = (stream: string): streams.ReadResp => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  return new streams.ReadResp().setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(identifier));
};

const wantedBy = (options: ReadReq.Options): ((entry: Stored) => boolean) => {
  const filter = options.getFilter();
  if (!filter) return () => true;
  const byStream = filter.getStreamIdentifier();
  const expression = byStream ?? filter.getEventType();
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex()) : null;
  const prefixes = expression?.getPrefixList() ?? [];
  return (entry) => {
    const text = byStream ? entry.stream : entry.type;
    return regex ? regex.test(text) : prefixes.some((prefix) => text.startsWith(prefix));
  };
};

const startIn = (options: ReadReq.Options, list: readonly Stored[], isSubscription: boolean): number => {
  const all = options.getAll();
  const stream = options.getStream();
  if (all?.hasEnd() || stream?.hasEnd()) return list.length;
  const at = all?.getPosition();
  // A read begins at the position given, a subscription behind it.
  if (at) return firstIndex(list, (entry) => entry.position >= BigInt(at.getCommitPosition()) + (isSubscription ? 1n : 0n));
  if (stream && !stream.hasStart()) return firstIndex(list, (entry) => entry.revision >= Number(stream.getRevision()) + (isSubscription ? 1 : 0));
  return 0;
};

const firstIndex = (list: readonly Stored[], holds: (entry: Stored) => boolean): number => {
  const index = list.findIndex(holds);
  return index < 0 ? list.length : index;
};

const directions = streams.ReadReq.Options.ReadDirection;

/** Answers one call of `Streams/Read`: a stretch of a stream or of all, or a subscription that goes on. */
export const answerRead = (log: StoredLog, call: ReadCall): void => {
  const options = call.request.getOptions();
  if (!options) return void call.end();
  const structured = options.getUuidOption()?.hasStructured() ?? false;
  const name = options.getStream()?.getStreamIdentifier()?.getStreamName_asU8();
  const stream = name === undefined ? null : Buffer.from(name).toString('utf8');
  const listNow = (): readonly Stored[] => (stream === null ? log.entries : (log.streamOf(stream) ?? []));
  const wanted = wantedBy(options);
  if (options.hasSubscription()) return subscribe(log, call, listNow, wanted, startIn(options, listNow(), true), structured);
  if (stream !== null && log.streamOf(stream) === null) {
    call.write(notFound(stream));
    return void call.end();
  }
  const most = Number(options.getCount());
  const backwards = options.getReadDirection() === directions.BACKWARDS;
  const list = listNow();
  const from = startIn(options, list, false);
  const found = backwards ? list.slice(0, from).reverse() : list.slice(from);
  for (const entry of found.filter(wanted).slice(0, most)) call.write(responseOf(entry, structured));
  call.end();
};

const subscribe = (log: StoredLog, call: ReadCall, listNow: () => readonly Stored[], wanted: (entry: Stored) => boolean, from: number, structured: boolean): void => {
  let at = from;
  call.write(new streams.ReadResp().setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId('test')));
  const send = (): void => {
    const list = listNow();
    for (; at < list.length; at += 1) {
      const entry = list[at] as Stored;
      if (wanted(entry)) call.write(responseOf(entry, structured));
    }
  };
  send();
  const stop = log.onAppended(send);
  call.on('cancelled', () => { stop(); call.end(); });
  call.on('close', stop);
};
