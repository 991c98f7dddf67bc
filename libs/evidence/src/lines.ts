import { Refusal } from '#kernel';

/** Standard base64 in its one canonical writing, or null: what two programs read differently proves nothing. */
export const fromBase64 = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
};

export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const decimal = /^(0|[1-9]\d{0,15})$/;

/** A whole number as ASCII decimal without leading zeros, or null. */
export const wholeNumberIn = (text: string | undefined): number | null => (text !== undefined && decimal.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null);

export const malformed = (code: string, what: string, why: string): Refusal => new Refusal(code, `This is no ${what}: ${why}.`);
