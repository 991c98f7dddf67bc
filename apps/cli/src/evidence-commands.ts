import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Engine } from '#assembly';
import { exitStatusOf, undecided } from '#evidence';
import type { Verdict } from '#evidence';
import { Refusal, Unavailable } from '#kernel';
import { Progress } from './progress.js';
import { verifyConsistencyOf, verifyExport, verifyReceipt } from './verify.js';
import { verifyFigure } from './verify-figure.js';
import type { VerifyFlags } from './verify.js';

const words = { ok: 'OK', altered: 'ALTERED', undecided: 'CANNOT TELL' } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const sayVerdict = (verdict: Verdict, json: boolean): 0 | 1 | 2 => {
  say(`${words[verdict.verdict]}: ${verdict.message} [${verdict.code}]`);
  const { firstBadPosition, badNotAfter } = verdict;
  if (firstBadPosition !== undefined) say(badNotAfter === undefined || badNotAfter === firstBadPosition ? `First bad position: ${firstBadPosition}` : `First bad position: one of ${firstBadPosition} to ${badNotAfter}`);
  if (json) say(JSON.stringify(verdict));
  return exitStatusOf[verdict.verdict];
};

/** Verifies something without any engine. Answers 0 for as it was signed, 1 for altered, 2 for cannot tell, and what cannot be read is the last. */
export const verify = async ([, what, first, second]: readonly string[], flags: VerifyFlags, json: boolean, usage: string): Promise<0 | 1 | 2> => {
  const file = (path: string | undefined): string => {
    if (path === undefined) throw new Refusal('command.incomplete', `verify ${what ?? ''}: a file is missing.\n\n${usage}`);
    return path;
  };
  try {
    switch (what) {
      case 'export': {
        const progress = new Progress('verifying', null, 'lines');
        let lines = 0;
        const verdict = await verifyExport(file(first), flags, () => progress.set((lines += 1)));
        progress.finish();
        return sayVerdict(verdict, json);
      }
      case 'receipt': return sayVerdict(await verifyReceipt(file(first), flags), json);
      case 'figure': return sayVerdict(await verifyFigure(file(first), file(flags.export), flags), json);
      case 'consistency': return sayVerdict(await verifyConsistencyOf(file(first), file(second), flags), json);
      default: throw new Refusal('command.incomplete', `verify what? export, receipt, consistency or figure.\n\n${usage}`);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return sayVerdict(undecided(error.code, error.message), json);
  }
};

/** Writes what is signed of the log into a file, whole or not at all. */
export const exportLog = async (engine: Engine, target: string, from: number, to: number | undefined): Promise<void> => {
  const path = resolve(target);
  const partial = `${path}.part`;
  const { logPosition, checkpoints } = await engine.evidence.book.status();
  const signed = Math.min(checkpoints.sha256?.size ?? 0, checkpoints.sm3?.size ?? 0);
  if (signed === 0) throw new Unavailable('evidence.not-signed-yet', `Nothing is signed yet of the ${logPosition} facts; an engine at work signs every few seconds.`);
  const lines = await engine.evidence.book.exportLines(from, to);
  const file = createWriteStream(partial, { flags: 'w' });
  try {
    for await (const line of lines) if (!file.write(line)) await once(file, 'drain');
    file.end();
    await once(file, 'finish');
    await rename(partial, path);
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
  say(`Positions ${from} to ${to ?? signed} are in ${path}.${logPosition > signed ? ` The last ${logPosition - signed} facts are not signed yet.` : ''}`);
};

/** What an operator can do about the evidence. Answers the status to end with. */
export const evidence = async (engine: Engine, what: string | undefined, reason: string | undefined, usage: string): Promise<0 | 1> => {
  switch (what) {
    case 'status':
      say(JSON.stringify(await engine.evidence.book.status(), null, 1));
      return 0;
    case 'keys':
      process.stdout.write((await engine.evidence.book.status()).keys);
      return 0;
    case 'check': {
      const { alarm, checkpoints, logPosition } = await engine.evidence.book.status();
      const progress = new Progress('checking', checkpoints.sha256?.size ?? 0, 'facts');
      const found = await engine.evidence.check((position) => progress.set(position));
      progress.finish();
      if (found) say(`${found.message} [${found.code}]`);
      else say(`The ${checkpoints.sha256?.size ?? 0} facts that are signed are as they were signed; the log has ${logPosition}.${alarm ? ` An alarm stands since ${alarm.foundAt}: ${alarm.message}` : ''}`);
      return found ? 1 : 0;
    }
    case 'new-epoch': {
      const { epoch, link, lastGoodPosition } = await engine.evidence.beginEpoch(reason ?? '');
      say(`Epoch ${epoch} begins. Up to position ${lastGoodPosition} the log is the one that was signed before. Witnesses have to be given the new keys (evidence keys). The link:\n\n${link}`);
      return 0;
    }
    default:
      throw new Refusal('command.incomplete', `evidence what? status, keys, check or new-epoch.\n\n${usage}`);
  }
};
