import { Refusal } from '#kernel';
import type { Checkpoint } from './checkpoint.js';
import { fromBase64, malformed, toBase64, wholeNumberIn } from './lines.js';
import type { Note } from './note.js';
import { parseNote } from './note.js';

/**
 * 纪元链接 Why a log signs under a new name. What was signed is never signed anew: when facts that a checkpoint covered are gone, a new epoch
 * begins, and this says, signed under the new name, where the old one ended and up to where both are the same.
 */
export interface EpochLink {
  /** Origin of the SHA-256 log of the new epoch. */
  readonly opens: string;
  /** The largest checkpoint of the epoch before. */
  readonly previous: Checkpoint;
  /** The largest position up to which a checkpoint of the epoch before agrees with the log as it is now; 0 when none does. */
  readonly lastGoodPosition: number;
  readonly openedAt: string;
  readonly reason: string;
}

const header = 'threeloops epoch link 1';

/** Refuses with `evidence.reason-unreadable` a reason that is not one line of text. */
export const linkText = ({ opens, previous, lastGoodPosition, openedAt, reason }: EpochLink): string => {
  const words = reason.trim();
  if (words.length < 3 || words.length > 500 || [...words].some((character) => character < ' ')) throw new Refusal('evidence.reason-unreadable', 'A new epoch needs a reason: one line of 3 to 500 characters.');
  return `${[
    header, `opens ${opens}`, `closes ${previous.origin}`, `previous ${previous.size} ${toBase64(previous.root)}`, `last good ${lastGoodPosition}`, `at ${openedAt}`, `reason ${words}`,
  ].join('\n')}\n`;
};

const pattern = /^threeloops epoch link 1\nopens (\S+)\ncloses (\S+)\nprevious (\d+) (\S+)\nlast good (\d+)\nat (\S+)\nreason ([^\n]+)\n$/;

/** Refuses with `evidence.note-unreadable`, `evidence.link-unreadable`. */
export const parseLink = (text: string): { readonly note: Note; readonly link: EpochLink } => {
  const note = parseNote(text);
  const [, opens = '', origin = '', sizeText, rootText = '', goodText, openedAt = '', reason = ''] = pattern.exec(note.text) ?? [];
  const [size, root, lastGoodPosition] = [wholeNumberIn(sizeText), fromBase64(rootText), wholeNumberIn(goodText)];
  if (opens === '' || size === null || root === null || lastGoodPosition === null) throw malformed('evidence.link-unreadable', 'link between epochs', 'its lines are not those of one');
  return { note, link: { opens, previous: { origin, size, root }, lastGoodPosition, openedAt, reason } };
};
