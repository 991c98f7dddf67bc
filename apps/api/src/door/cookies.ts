import type { OpenedSession } from '#identity';
import type { ApiOptions } from '../ports.js';
import type { ApiReply, ApiRequest } from './request.js';

/** With TLS the browser itself sees to it that no neighbouring host can set or read the cookie. */
const nameOf = ({ https = false }: ApiOptions): string => (https ? '__Host-threeloops' : 'threeloops');
const attributesOf = ({ https = false }: ApiOptions): Record<string, unknown> => ({ path: '/', httpOnly: true, sameSite: 'strict', secure: https });

export const setSessionCookie = (reply: ApiReply, { token, endsAt }: OpenedSession, options: ApiOptions): void => {
  reply.setCookie(nameOf(options), token, { ...attributesOf(options), expires: new Date(endsAt) });
};

export const clearSessionCookie = (reply: ApiReply, options: ApiOptions): void => {
  reply.clearCookie(nameOf(options), attributesOf(options));
};

const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/;

/** `Authorization: Bearer` of programs comes before the cookie of browsers. */
export const tokenIn = (request: ApiRequest, options: ApiOptions): string | null => {
  const { authorization } = request.headers;
  if (typeof authorization === 'string') return bearer.exec(authorization)?.[1] ?? null;
  return request.cookies?.[nameOf(options)] ?? null;
};
