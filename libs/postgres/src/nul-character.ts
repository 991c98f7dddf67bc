import { Refusal } from '#kernel';

/** JSON's way to write U+0000, unless the backslash before it is itself an escaped one. */
const escapedNul = /(?<!\\)(?:\\\\)*\\u0000/;

/**
 * Refuses U+0000, raw or as JSON writes it, with `text.nul-character`: the database and half of the tools that read its exports
 * cannot hold it, and a log that some readers cannot read is no log.
 */
export const refuseNulCharacter = (text: string): void => {
  if (!text.includes('\u0000') && !(text.includes('\\u0000') && escapedNul.test(text))) return;
  throw new Refusal('text.nul-character', 'a text contains the character U+0000, which cannot be recorded');
};
