import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { usualTimes } from '#engine';
import { ed25519Signer, formatKey, parseKey, sm2Signer } from '#evidence';
import { KurrentStoredFacts } from '#kurrent';
import { Notary, PostgresStoredFacts, signedInFile } from '#notary';
import { DatabaseClock, openPool, PostgresSubscriptions } from '#postgres';
import type { EvidenceErrand, EvidenceNews, EvidenceOrder } from './evidence-thread.js';
import { evidenceHere } from './evidence-work.js';

/** One for the subscription, one for the notary's lock, one for what both ask beside it. */
const connections = 3;
const tellMs = 1_000;

/** Whether the engine has something pressing under way, as it said itself. */
class ToldPress {
  private end: (() => void) | null = null;
  private under: Promise<void> | null = null;

  over(): Promise<void> | null {
    return this.under;
  }

  begin(): void {
    this.under ??= new Promise((resolve) => (this.end = resolve));
  }

  calm(): void {
    this.end?.();
    [this.end, this.under] = [null, null];
  }
}

/** What runs in the thread of the evidence: opens its own connections, works until it is told to stop, and ends. */
const main = async (port: NonNullable<typeof parentPort>): Promise<void> => {
  const { connection, eventStore, logId, owner, dataFolder, logKey, logSm2Key, jumpLimitMs, witnesses } = workerData as EvidenceErrand;
  const tell = (news: EvidenceNews): void => port.postMessage(news);
  const onError = (name: string, error: unknown): void => tell({ kind: 'error', name, error });
  const pool = openPool(connection, 'threeloops evidence', connections);
  const clock = await DatabaseClock.start(pool, { jumpLimitMs });
  const facts = eventStore === undefined ? new PostgresStoredFacts(pool) : KurrentStoredFacts.over(pool, eventStore);
  const known = witnesses.map(({ url, key }) => ({ url, key: parseKey(key) }));
  const notary = new Notary({
    pool, facts, logId, clock, witnesses: known, signers: [ed25519Signer(Buffer.from(logKey)), sm2Signer(Buffer.from(logSm2Key))],
    memory: signedInFile(join(dataFolder, 'evidence', 'last-signed.json')), onNotice: (notice) => tell({ kind: 'notice', notice }),
  });
  const press = new ToldPress();
  const work = evidenceHere({ logId, facts, notary, owner, press, onError, subscriptions: new PostgresSubscriptions(pool), times: usualTimes });
  const tellStatus = (): void => tell({ kind: 'status', status: work.status(), problems: known.flatMap((witness) => {
    const why = work.problemOf(witness);
    return why === null ? [] : [[formatKey(witness.key), why] as const];
  }) });
  const telling = setInterval(tellStatus, tellMs);
  const end = async (): Promise<void> => {
    clearInterval(telling);
    await work.stop();
    tellStatus();
    clock.stop();
    if (facts instanceof KurrentStoredFacts) await facts.close();
    await pool.end();
    port.close();
  };
  port.on('message', (order: EvidenceOrder) => {
    if (order === 'press') press.begin();
    else if (order === 'calm') press.calm();
    else void end();
  });
  work.start();
};

if (!parentPort) throw new Error('the evidence runs in a thread of an engine');
await main(parentPort);
