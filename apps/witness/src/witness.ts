import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  cosign, fromBase64, parseCheckpoint, signatureLine, signersOf, treeHashOf, treeOfOrigin, verifyConsistency, wholeNumberIn, writeDurably,
} from '#evidence';
import type { Checkpoint, Note, Signer, VerifierKey } from '#evidence';
import { Refusal } from '#kernel';

export interface WitnessAnswer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  readonly body: string;
}

export interface WitnessParts {
  /** Name of the key; by it and the key itself the log knows the witness. */
  readonly name: string;
  readonly signer: Signer;
  /** Keys of the logs that are watched. */
  readonly logs: readonly VerifierKey[];
  /** Folder of what was cosigned last, one file for each log. */
  readonly folder: string;
  readonly nowSeconds: () => number;
}

interface Seen {
  readonly origin: string;
  readonly size: number;
  readonly note: string;
}

interface Asked {
  readonly old: number;
  readonly proof: readonly Buffer[];
  readonly note: Note;
  readonly text: string;
  readonly checkpoint: Checkpoint;
}

const stepsMost = 63;
const said = (status: WitnessAnswer['status'], body: string): WitnessAnswer => ({ status, type: 'text/plain; charset=utf-8', body: `${body}\n` });
const sizeIs = (size: number): WitnessAnswer => ({ status: 409, type: 'text/x.tlog.size', body: `${size}\n` });

/** Null for what is not a request. */
const parseAsked = (body: string): Asked | null => {
  const split = body.indexOf('\n\n');
  const [first = '', ...steps] = split < 0 ? [] : body.slice(0, split).split('\n');
  const old = first.startsWith('old ') ? wholeNumberIn(first.slice(4)) : null;
  const proof = steps.map((step) => fromBase64(step));
  if (old === null || steps.length > stepsMost || proof.includes(null)) return null;
  const text = body.slice(split + 2);
  return { old, proof: proof.filter((step): step is Buffer => step !== null), text, ...parseCheckpoint(text) };
};

/**
 * 见证 Cosigns checkpoints of logs that only ever grow (C2SP tlog-witness). What it cosigned last is on disk before anybody hears of it, so
 * that no death of the process and no second request can make it cosign two histories of one log.
 */
export class Witness {
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly parts: WitnessParts) {}

  async addCheckpoint(body: string): Promise<WitnessAnswer> {
    let asked: Asked | null;
    try {
      asked = parseAsked(body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return said(400, error.message);
    }
    if (asked === null) return said(400, 'A request is the old size, a proof, an empty line and a checkpoint.');
    const { checkpoint: { origin, size }, note, old } = asked;
    const known = this.parts.logs.filter(({ name }) => name === origin);
    if (known.length === 0) return said(404, `${origin} is not watched here.`);
    if ((signersOf(note, known) ?? []).length === 0) return said(403, 'The checkpoint is not signed by the log that it names.');
    if (old > size) return said(400, 'The old size is larger than the new one.');
    return this.inTurn(origin, () => this.judge(asked));
  }

  /** One after the other for each log: looking and writing down must not be divided. */
  private async inTurn<Value>(origin: string, work: () => Promise<Value>): Promise<Value> {
    const turn = (this.turns.get(origin) ?? Promise.resolve()).then(work, work);
    this.turns.set(origin, turn.catch(() => undefined));
    return turn;
  }

  private async judge({ old, proof, text, note, checkpoint }: Asked): Promise<WitnessAnswer> {
    const { origin, size, root } = checkpoint;
    const seen = await this.seen(origin);
    if (old !== (seen?.size ?? 0)) return sizeIs(seen?.size ?? 0);
    if (seen === null || seen.size === 0) {
      if (proof.length > 0) return said(422, 'From nothing to something there is no proof.');
    } else {
      const before = parseCheckpoint(seen.note).checkpoint.root;
      if (size === seen.size && !root.equals(before)) return said(409, 'This size has been cosigned with another root.');
      if (!verifyConsistency(treeHashOf(treeOfOrigin(origin)), seen.size, size, proof, before, root)) return said(422, 'The proof does not lead from what was cosigned to this checkpoint.');
    }
    await writeDurably(this.pathOf(origin), `${JSON.stringify({ origin, size, note: text } satisfies Seen)}\n`);
    const { name, signer, nowSeconds } = this.parts;
    return { status: 200, type: 'text/plain; charset=utf-8', body: signatureLine(await cosign(note.text, name, signer, nowSeconds())) };
  }

  /** Fails when the file is there and cannot be read: a witness that has forgotten is no witness. */
  private async seen(origin: string): Promise<Seen | null> {
    const text = await readFile(this.pathOf(origin), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    return text === null ? null : (JSON.parse(text) as Seen);
  }

  private pathOf(origin: string): string {
    return join(this.parts.folder, `${createHash('sha256').update(origin).digest('hex').slice(0, 32)}.json`);
  }
}
