import { createHash } from 'node:crypto';
import type { Reference } from '#reference';

/** JSON in one spelling only: keys in order, no blanks. What is not there and what is undefined are the same. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const pairs = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`);
  return `{${pairs.join(',')}}`;
};

/** SHA-256 of the content of a reference, lower-case hex: the same content has the same fingerprint however its files were laid out. */
export const fingerprintOf = (reference: Reference): string => createHash('sha256').update(canonicalJson(reference)).digest('hex');
