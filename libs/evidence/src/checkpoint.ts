import { fromBase64, malformed, toBase64, wholeNumberIn } from './lines.js';
import type { Note } from './note.js';
import { parseNote } from './note.js';
import type { TreeName } from './tree-hash.js';
import { hashBytes } from './tree-hash.js';

/** 校验点 What a log says of itself at one moment: so many leaves, this root (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log it is; also the name under which it signs. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${toBase64(root)}\n`;

/** Refuses with `evidence.checkpoint-unreadable`. Lines behind the third are allowed, and nothing is taken from them. */
export const readCheckpoint = ({ text }: Pick<Note, 'text'>): Checkpoint => {
  const unreadable = (why: string): Error => malformed('evidence.checkpoint-unreadable', 'checkpoint', why);
  const [origin = '', sizeText, rootText = '', ...others] = text.split('\n');
  const size = wholeNumberIn(sizeText);
  const root = fromBase64(rootText);
  if (origin === '') throw unreadable('it names no log');
  if (size === null) throw unreadable('its second line is no size');
  if (root?.length !== hashBytes) throw unreadable('its third line is no root');
  if (others.pop() !== '' || others.includes('')) throw unreadable('it has an empty line');
  return { origin, size, root };
};

/** Refuses with `evidence.note-unreadable` and `evidence.checkpoint-unreadable`. */
export const parseCheckpoint = (text: string): { readonly note: Note; readonly checkpoint: Checkpoint } => {
  const note = parseNote(text);
  return { note, checkpoint: readCheckpoint(note) };
};

const sm3Suffix = '/sm3';

/** The name of one of the two logs over the same facts, in an epoch. The first epoch needs no mark. */
export const originOf = (logId: string, tree: TreeName, epoch = 1): string => `threeloops/${logId}${epoch === 1 ? '' : `/e${epoch}`}${tree === 'sm3' ? sm3Suffix : ''}`;

/** By which hash the tree of an origin is made. */
export const treeOfOrigin = (origin: string): TreeName => (origin.endsWith(sm3Suffix) ? 'sm3' : 'sha256');

/** The origin of the SHA-256 log over the same facts; links between epochs speak of that one. */
export const sha256OriginOf = (origin: string): string => (treeOfOrigin(origin) === 'sm3' ? origin.slice(0, -sm3Suffix.length) : origin);
