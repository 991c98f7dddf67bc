import client from '@kurrent/kurrentdb-client';
import { Unavailable } from '#kernel';

/** What became of an append. `unknown` may have been recorded or may still be; `denied` was not, for as long as nobody changes a right. */
export type Sent =
  | { readonly kind: 'recorded'; readonly commit: bigint }
  | { readonly kind: 'wrong-version' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unknown'; readonly why: string };

/** The server is away, too slow, or does not let us in: asking again later can succeed. */
export class ServerAway extends Unavailable {
  constructor(code: 'store.away' | 'store.access-denied', message: string) {
    super(code, message);
  }
}

const typeOf = (error: unknown): string => {
  const { type, name } = error as { readonly type?: unknown; readonly name?: unknown };
  return typeof type === 'string' ? type : String(name);
};

const reasonOf = (error: unknown): string => {
  const { message, name } = error as Partial<Error>;
  return message === undefined || message === '' ? (name ?? String(error)) : message;
};

/** A server that is down shows as an error of the client while reading and as a plain one of gRPC, code 14, while appending. */
export const outcomeOf = (error: unknown): Sent => {
  switch (typeOf(error)) {
    case client.ErrorType.WRONG_EXPECTED_VERSION: return { kind: 'wrong-version' };
    case client.ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED: return { kind: 'too-large' };
    case client.ErrorType.STREAM_DELETED: return { kind: 'deleted' };
    case client.ErrorType.ACCESS_DENIED: return { kind: 'denied' };
    default: return { kind: 'unknown', why: reasonOf(error) };
  }
};

export const isMissing = (error: unknown): boolean => ['StreamNotFoundError', 'StreamDeletedError'].includes(typeOf(error));

export const awayFor = (error: unknown): ServerAway =>
  Object.assign(
    typeOf(error) === 'AccessDeniedError'
      ? new ServerAway('store.access-denied', 'the event store does not let us read')
      : new ServerAway('store.away', `the event store cannot be reached or does not answer: ${reasonOf(error)}`),
    { cause: error },
  );
