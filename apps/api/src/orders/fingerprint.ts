import { createHmac } from 'node:crypto';

/** JSON in one spelling: keys in order, nothing for what is undefined. */
const canonical = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const part = (value as Record<string, unknown>)[key];
    if (part !== undefined) parts.push(`${JSON.stringify(key)}:${canonical(part)}`);
  }
  return `{${parts.join(',')}}`;
};

/** Keyed digest of who asked for what: tells a repeat from another request under the same id without keeping what was said. */
export const fingerprintOf = (key: Uint8Array, actorId: string, route: string, body: unknown): string =>
  createHmac('sha256', key).update(`${actorId}\n${route}\n${canonical(body)}`).digest('base64url');
