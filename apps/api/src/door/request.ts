import type { Caller } from '#identity';
import { Refusal } from '#kernel';

/** What the door knows about a request, as far as the rooms behind it need it. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly ip: string;
  readonly hostname: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly cookies?: Readonly<Record<string, string | undefined>>;
  readonly routeOptions: { readonly url?: string };
  readonly raw: import('node:http').IncomingMessage;
  correlationId: string;
  startedAt: number;
  caller: Caller | null;
  /** Came with the token that opens the figures of the process, and nothing else. */
  metricsReader: boolean;
  /** What `x-log-position` will say; null where the answer has nothing to do with the log. */
  logPosition: number | null;
  /** Code of the problem that was answered, for the log. */
  problemCode: string | null;
}

export interface ApiReply {
  readonly raw: import('node:http').ServerResponse;
  readonly statusCode: number;
  header(name: string, value: string | number): ApiReply;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  code(status: number): ApiReply;
  type(contentType: string): ApiReply;
  send(body?: unknown): ApiReply;
  redirect(url: string, status: number): ApiReply;
  hijack(): ApiReply;
  setCookie(name: string, value: string, options: Readonly<Record<string, unknown>>): ApiReply;
  clearCookie(name: string, options: Readonly<Record<string, unknown>>): ApiReply;
}

/** Whoever is behind a request that was let in. */
export const callerOf = (request: ApiRequest): Caller => {
  if (!request.caller) throw new Refusal('session.missing', 'Sign in first.');
  return request.caller;
};

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => uuidPattern.test(text);

export const headerOf = (request: ApiRequest, name: string): string | null => {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : null;
};

export const noSuchIncident = (): Refusal => new Refusal('incident.unknown', 'There is no incident with this number.');

/** The incident that a path names. What is no UUID names none, and is told so in the same words. */
export const incidentIdIn = (request: ApiRequest): string => {
  const { id } = request.params;
  if (id === undefined || !isUuid(id)) throw noSuchIncident();
  return id.toLowerCase();
};
