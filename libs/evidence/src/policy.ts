import { Refusal } from '#kernel';
import type { Checkpoint } from './checkpoint.js';
import { readCheckpoint } from './checkpoint.js';
import type { VerifierKey } from './keys.js';
import { formatKey, parseKey, signersOf } from './keys.js';
import type { Note } from './note.js';

interface Group {
  readonly least: number;
  readonly members: readonly string[];
}

/** 信任准则 Whose word counts: keys of logs, keys of witnesses, and how many of the witnesses must have cosigned (C2SP tlog-policy). */
export interface TrustPolicy {
  readonly logs: readonly VerifierKey[];
  readonly witnesses: ReadonlyMap<string, VerifierKey>;
  readonly groups: ReadonlyMap<string, Group>;
  /** Name of a witness or a group; `none` when the log's own signature is enough. */
  readonly quorum: string;
}

const logKey = (word: string | undefined): VerifierKey => {
  const key = parseKey(word ?? '');
  if (key.kind === 'cosignature') throw new Refusal('evidence.key-unreadable', `${key.name} is the key of a witness and not of a log.`);
  return key;
};

const leastOf = (word: string | undefined, members: number): number => (word === 'any' ? 1 : word === 'all' ? members : Number(word));

/**
 * Reads a file of keys: lines `log KEY`, `witness NAME KEY`, `group NAME all|any|K MEMBER …`, `quorum NAME|none`; a key alone on its line is
 * a log's. Refuses with `evidence.policy-unreadable`, naming the line.
 */
export const parsePolicy = (text: string): TrustPolicy => {
  const logs: VerifierKey[] = [];
  const witnesses = new Map<string, VerifierKey>();
  const groups = new Map<string, Group>();
  let quorum = 'none';
  const known = (name: string | undefined): string => {
    if (name === undefined || !(witnesses.has(name) || groups.has(name))) throw new Error(`"${name ?? ''}" is no witness and no group named before`);
    return name;
  };
  const free = (name: string | undefined): string => {
    if (name === undefined || name === 'none' || witnesses.has(name) || groups.has(name)) throw new Error(`the name "${name ?? ''}" is not free`);
    return name;
  };
  text.split('\n').forEach((line, index) => {
    const [kind = '', ...words] = line.trim().split(/[ \t]+/);
    if (kind === '' || kind.startsWith('#')) return;
    try {
      if (kind === 'log') logs.push(logKey(words[0]));
      else if (kind === 'witness') {
        const key = parseKey(words[1] ?? '');
        if (key.kind !== 'cosignature') throw new Error(`${key.name} is not the key of a witness`);
        witnesses.set(free(words[0]), key);
      } else if (kind === 'group') {
        const members = words.slice(2).map(known);
        const least = leastOf(words[1], members.length);
        if (!Number.isInteger(least) || least < 1 || least > members.length) throw new Error('a group needs all, any or a number of its members');
        groups.set(free(words[0]), { least, members });
      } else if (kind === 'quorum') quorum = words[0] === 'none' ? 'none' : known(words[0]);
      else logs.push(logKey(kind));
    } catch (error) {
      throw new Refusal('evidence.policy-unreadable', `Line ${index + 1} of the keys cannot be read: ${(error as Error).message}`, { line: index + 1 });
    }
  });
  if (logs.length === 0) throw new Refusal('evidence.policy-unreadable', 'There is no key of a log among the keys.');
  return { logs, witnesses, groups, quorum };
};

/** A file of keys that says the same. */
export const formatPolicy = (logs: readonly VerifierKey[], witnesses: readonly VerifierKey[] = [], least = 0): string => {
  const names = witnesses.map((_key, index) => `w${index + 1}`);
  const lines = [...logs.map((key) => `log ${formatKey(key)}`), ...witnesses.map((key, index) => `witness ${names[index]} ${formatKey(key)}`)];
  const quorum = least === 0 ? ['quorum none'] : [`group witnesses ${least} ${names.join(' ')}`, 'quorum witnesses'];
  return `${[...lines, ...quorum].join('\n')}\n`;
};

const witnessed = (policy: TrustPolicy, name: string, cosigners: readonly VerifierKey[]): boolean => {
  const group = policy.groups.get(name);
  if (group) return group.members.filter((member) => witnessed(policy, member, cosigners)).length >= group.least;
  const key = policy.witnesses.get(name);
  return key !== undefined && cosigners.includes(key);
};

export type Trust =
  | { readonly trusted: true; readonly checkpoint: Checkpoint; readonly signers: readonly VerifierKey[] }
  | { readonly trusted: false; readonly code: 'evidence.signature-wrong' | 'evidence.key-of-another-log' | 'evidence.not-witnessed'; readonly why: string };

/** Whether a checkpoint is to be believed. Refuses with `evidence.checkpoint-unreadable` a note that is none. */
export const trust = (note: Note, policy: TrustPolicy): Trust => {
  const checkpoint = readCheckpoint(note);
  const { origin } = checkpoint;
  const signers = signersOf(note, [...policy.logs, ...policy.witnesses.values()]);
  if (signers === null) return { trusted: false, code: 'evidence.signature-wrong', why: `a signature under the checkpoint of ${origin} does not belong to its text` };
  if (!signers.some((key) => key.kind !== 'cosignature' && key.name === origin)) {
    const names = policy.logs.map(({ name }) => name);
    if (names.includes(origin)) return { trusted: false, code: 'evidence.signature-wrong', why: `the checkpoint of ${origin} is not signed by the key of that log` };
    return { trusted: false, code: 'evidence.key-of-another-log', why: `none of the keys given signed the checkpoint of ${origin}; they are keys of ${[...new Set(names)].join(', ')}` };
  }
  if (policy.quorum !== 'none' && !witnessed(policy, policy.quorum, signers)) {
    return { trusted: false, code: 'evidence.not-witnessed', why: `fewer witnesses cosigned the checkpoint of ${origin} than the keys ask for` };
  }
  return { trusted: true, checkpoint, signers };
};
