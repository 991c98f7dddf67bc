import { Conflict, Fenced, Refusal, Unavailable } from '#kernel';

/** 问题 Every answer that is not a success, as `application/problem+json` (RFC 9457). */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Which fields are wrong, and how. */
  readonly errors?: readonly FieldError[];
  readonly details?: Readonly<Record<string, unknown>>;
  readonly traceId: string;
}

export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface ToldProblem {
  readonly problem: Problem;
  readonly retryAfterSeconds: number | null;
  /** Whether the engine itself is at fault, so that somebody has to look. */
  readonly defect: boolean;
}

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not right', 401: 'Sign in first', 403: 'Not permitted', 404: 'Not found', 405: 'Not a method of this resource', 409: 'Conflict',
  410: 'Gone', 413: 'Too large', 414: 'Address too long', 415: 'Not a type that is read here', 422: 'Refused', 429: 'Too many requests', 431: 'Headers too large',
  500: 'Defect', 503: 'Not available now',
};

/** First match decides; what matches none of them is the city's no. */
const statuses: readonly (readonly [RegExp, number])[] = [
  [/^(session\.missing|login\.refused)$/, 401],
  [/^(role\.not-permitted|request\.cross-site|channel\.not-permitted)$/, 403],
  [/^(incident|account|report|route|figures)\.unknown$|^reference\.unknown-activation$|^photo\.not-found$|^evidence\.position-unknown$|^figures\.unknown-metric$/, 404],
  [/^(account\.login-taken|setup\.done|reference\.(superseded|another-waits|withdrawn-(already|too-late)))$/, 409],
  [/^link\.invalid$/, 410],
  [/^(photo|request)\.too-large$/, 413],
  [/^request\.media-type$/, 415],
  [/^(login|request|photo)\.throttled$/, 429],
  [/^engine\.not-ready$/, 503],
  [/^(input|request|query|as-of)\.|^figures\.(period-reversed|group-without-by)$|^evidence\.range-unknown$/, 400],
];

const statusOf = (code: string): number => statuses.find(([pattern]) => pattern.test(code))?.[1] ?? 422;

const told = (
  status: number, code: string, detail: string, traceId: string,
  more: { readonly errors?: readonly FieldError[]; readonly details?: Readonly<Record<string, unknown>> } = {}, retryAfterSeconds: number | null = null,
): ToldProblem => ({
  problem: { type: `urn:threeloops:problem:${code}`, title: titles[status] ?? 'Not possible', status, code, detail, ...more, traceId },
  retryAfterSeconds,
  defect: status === 500,
});

const fromRefusal = ({ code, message, details }: Refusal, traceId: string): ToldProblem => {
  const { errors, retryAfterSeconds, ...rest } = details as { errors?: readonly FieldError[]; retryAfterSeconds?: number };
  const wait = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : null;
  return told(statusOf(code), code, message, traceId, { ...(errors ? { errors } : {}), ...(Object.keys(rest).length > 0 ? { details: rest } : {}) }, wait);
};

/** Errors of the server below us that are the request's fault, by their codes. */
const codesOfServer: Readonly<Record<string, readonly [number, string, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'request.too-large', 'The body is larger than this route reads.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [415, 'request.media-type', 'This route does not read this content type.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'request.body-unreadable', 'The body is announced as JSON but empty.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'request.body-unreadable', 'The body is not JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'request.body-unreadable', 'The body is not as long as announced.'],
  FST_ERR_BAD_URL: [400, 'request.address-unreadable', 'The address cannot be read.'],
};

const codesOfStatus: Readonly<Record<number, string>> = {
  400: 'request.unreadable', 401: 'session.missing', 403: 'role.not-permitted', 404: 'route.unknown', 405: 'request.method', 408: 'request.too-slow',
  413: 'request.too-large', 414: 'request.address-too-long', 415: 'request.media-type', 429: 'request.throttled', 431: 'request.headers-too-large', 503: 'engine.unavailable',
};

/** What a client is told about an error. Of a defect it learns nothing but the number under which the log has it. */
export const problemOf = (error: unknown, traceId: string): ToldProblem => {
  if (error instanceof Refusal) return fromRefusal(error, traceId);
  if (error instanceof Conflict) return told(409, error.code, error.message, traceId, { details: error.details });
  if (error instanceof Unavailable) return told(503, error.code, error.message, traceId, {}, error.retryAfterSeconds);
  if (error instanceof Fenced) return told(503, 'engine.fenced', 'Another process has taken over; ask again.', traceId, {}, 1);
  const { code, status, statusCode } = error as { code?: unknown; status?: unknown; statusCode?: unknown };
  const known = typeof code === 'string' ? codesOfServer[code] : undefined;
  if (known) return told(known[0], known[1], known[2], traceId);
  const number = typeof status === 'number' ? status : typeof statusCode === 'number' ? statusCode : 500;
  const name = codesOfStatus[number];
  if (name) return told(number, name, number === 404 ? 'There is nothing at this address.' : (titles[number] ?? 'Not possible'), traceId, {}, number === 503 ? 1 : null);
  return told(500, 'engine.defect', 'The engine made a mistake. It is in the log under this trace id.', traceId);
};
