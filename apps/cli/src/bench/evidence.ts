import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidenceWork, moreMigrations } from '#assembly';
import { ed25519Signer, ExportVerifier, parsePolicy, sm2Signer } from '#evidence';
import { GrownLately, Notary, PostgresEvidenceBook, PostgresStoredFacts, signedInFile } from '#notary';
import { openPostgres } from '#postgres';
import type { PostgresLog } from '#postgres';
import { Progress } from '../progress.js';
import { eachLine } from '../verify.js';
import type { Group } from './group.js';
import { notice } from './group.js';
import { inTurns, ratesOf, runFor, runUntil } from './measure.js';
import type { Round } from './measure.js';
import { fillLog } from './million-facts.js';
import { loadLibrary, reportAppends } from './reports.js';
import { rowOf } from './rows.js';

const facts = 1_000_000;
const limitSeconds = 15;
const rounds = 5;
const roundMs = 8_000;
/** Signing lags behind by now more, now less, which counts against it (`paceOf`): the longer it is looked at, the less of the figure that is. */
const signedRoundMs = 12_000;
/** So long until a flood and its signing run at an even pace. */
const rampMs = 2_000;
/** A round with evidence goes on until so many were signed in it, however slow the machine is. */
const checkpointsLeast = 4;
const patienceMs = 60_000;
const width = 256;
const wallClock = { now: () => Date.now(), anomaly: () => null };

/** The evidence of a log as every engine keeps it, to be started and stopped. */
const evidenceOf = ({ pool, identity: { logId }, store, subscriptions }: PostgresLog, dataFolder: string) => {
  const signers = [ed25519Signer(randomBytes(32)), sm2Signer(randomBytes(32))];
  const facts = new PostgresStoredFacts(pool);
  const onError = (name: string, error: unknown): void => notice(name, error);
  const grown = new GrownLately();
  const notary = new Notary({ pool, facts, logId, signers, grown, clock: wallClock, witnesses: [], memory: signedInFile(join(dataFolder, 'evidence', 'last-signed.json')), onNotice: notice });
  const book = new PostgresEvidenceBook({ pool, facts, logId, signers, clock: wallClock, witnesses: [], problemOf: () => null, witnessesNeeded: 0 });
  const caughtUp = async (onLook: (size: number) => void = () => undefined): Promise<void> => {
    for (const { position } = await store.head(); ; await sleep(5)) {
      const treeSize = (await subscriptions.positions()).get('evidence') ?? 0;
      onLook(treeSize);
      if (treeSize >= position) return;
    }
  };
  const work = (signing: Pick<Notary, 'step'>) => evidenceWork({ logId, facts, subscriptions, notary: signing, grown, owner: 'bench', onError });
  return { notary, book, caughtUp, work };
};

/** A checkpoint in the middle of a flood: how many facts it added, and how many had been appended in this round by then. */
interface Mark {
  readonly atMs: number;
  readonly signed: number;
  readonly appended: number;
}

/** What was both appended and signed from one checkpoint to another: whichever of the two is slower is the pace that can be kept up. */
const paceOf = (marks: readonly Mark[]): number => {
  const [first, last] = [marks[0], marks.at(-1)];
  if (!first || !last || marks.length < checkpointsLeast) throw new Error(`${marks.length} checkpoints were signed in a round, too few to tell a pace`);
  const signed = marks.slice(1).reduce((all, mark) => all + mark.signed, 0);
  return (Math.min(signed, last.appended - first.appended) / (last.atMs - first.atMs)) * 1_000;
};

/** Appends while the trees grow and are signed at the same pace, beside appends alone. */
export const measureEvidenceAppend = async ({ databaseUrl, folder, say }: Group): Promise<void> => {
  const log = await openPostgres({ connection: { connectionString: databaseUrl }, kind: 'live', poolSize: 16, moreMigrations });
  try {
    const next = await reportAppends(await loadLibrary());
    const { notary, work, caughtUp } = evidenceOf(log, folder);
    const append = (): Promise<unknown> => log.store.append(next());
    const withEvidence = async (): Promise<Round> => {
      let appended = 0;
      const marks: Mark[] = [];
      const step = async (): Promise<number> => {
        const signed = await notary.step();
        if (signed > 0) marks.push({ atMs: performance.now(), signed, appended });
        return signed;
      };
      const evidence = work({ step });
      evidence.start();
      await caughtUp();
      // What was appended without evidence is not on this round's account.
      await notary.step();
      const began = performance.now();
      const counted = (): readonly Mark[] => marks.filter(({ atMs }) => atMs >= began + rampMs);
      const isOver = (now: number): boolean => now >= began + patienceMs || (now >= began + rampMs + signedRoundMs && counted().length >= checkpointsLeast);
      const round = await runUntil(isOver, width, async () => {
        await append();
        appended += 1;
      });
      const seen = counted();
      await evidence.stop();
      return { ...round, perSecond: paceOf(seen) };
    };
    const progress = new Progress('evidence-append', 2 * (rounds + 1), 'rounds');
    const contenders = { without: () => runFor(roundMs, width, append), with: withEvidence };
    // The first turn warms everybody up and is not counted.
    await inTurns(1, contenders, (done) => progress.set(done));
    const results = await inTurns(rounds, contenders, (done) => progress.set(2 + done));
    progress.finish();
    say(rowOf('evidence-append', ratesOf(results.with), 'events/s', ratesOf(results.without)));
  } finally {
    await log.close();
  }
};

const exportTo = async (path: string, lines: AsyncIterable<string>): Promise<void> => {
  const file = createWriteStream(path);
  for await (const line of lines) if (!file.write(line)) await once(file, 'drain');
  file.end();
  await once(file, 'finish');
};

const secondsToVerify = async (path: string, keys: string, trees: readonly ('sha256' | 'sm3')[]): Promise<number> => {
  const began = performance.now();
  const verifier = new ExportVerifier({ policy: parsePolicy(keys), trees });
  await eachLine(path, (line) => verifier.take(line));
  const { verdict, message } = verifier.end();
  if (verdict !== 'ok') throw new Error(`an export as it was signed is found ${verdict}: ${message}`);
  return (performance.now() - began) / 1_000;
};

/** An export of a million facts, verified from the first line to the signature, by one thread. */
export const measureVerify = async ({ databaseUrl, folder, say }: Group): Promise<void> => {
  const log = await openPostgres({ connection: { connectionString: databaseUrl }, kind: 'live', moreMigrations });
  try {
    const filling = new Progress('verify-1m: writing a log', facts, 'facts');
    await fillLog(log, await loadLibrary(), facts, (done) => filling.set(done));
    filling.finish();
    const { notary, book, caughtUp, work } = evidenceOf(log, folder);
    const growing = new Progress('verify-1m: growing the trees', facts, 'facts');
    const unsigned = work({ step: () => Promise.resolve(0) });
    const began = performance.now();
    unsigned.start();
    await caughtUp((size) => growing.set(size));
    growing.finish();
    const grownSeconds = (performance.now() - began) / 1_000;
    await unsigned.stop();
    await notary.step();
    const path = join(folder, 'log.ndjson');
    await exportTo(path, await book.exportLines(1));
    const { keys } = await book.status();
    const seconds = await secondsToVerify(path, keys, ['sha256']);
    const bothSeconds = await secondsToVerify(path, keys, ['sha256', 'sm3']);
    say(rowOf('verify-1m', seconds, 's', limitSeconds, { bothTreesSeconds: Number(bothSeconds.toFixed(1)), grownPerSecond: Math.round(facts / grownSeconds) }));
  } finally {
    await log.close();
  }
};
