import { ed25519Signer, ExportVerifier, parsePolicy, sm2Signer } from '#evidence';
import type { Checkpoint, Note, TrustPolicy, Verdict } from '#evidence';
import { SimulatedClock } from '#memory';
import { beginEpoch, EvidenceSubscriber, EvidenceTables0000000000501, growing, GrownLately, logPages, Notary, PostgresEvidenceBook, PostgresStoredFacts } from '#notary';
import type { LastSigned, SignedMemory, WitnessAddress } from '#notary';
import type { Connection, PostgresLog } from '#postgres';
import { appendOf, eventOf, someMoment } from './builders.js';

/** What was signed last, kept by the spec: outside the database, as the file is. */
class KeptInMemory implements SignedMemory {
  signed: LastSigned | null = null;

  read(): Promise<LastSigned | null> {
    return Promise.resolve(this.signed);
  }

  keep(signed: LastSigned): Promise<void> {
    this.signed = signed;
    return Promise.resolve();
  }
}

/** A log with its evidence, whose subscription and signer take a step when the spec says so. */
export class EvidenceLog {
  readonly clock = new SimulatedClock(someMoment);
  readonly memory = new KeptInMemory();
  readonly notices: string[] = [];
  readonly signers = [ed25519Signer(Buffer.alloc(32, 1)), sm2Signer(Buffer.alloc(32, 2))];
  private readonly subscriber: EvidenceSubscriber;
  private readonly facts: PostgresStoredFacts;
  readonly notary: Notary;
  readonly book: PostgresEvidenceBook;

  private constructor(
    readonly log: PostgresLog,
    witnesses: readonly WitnessAddress[],
  ) {
    const { pool, identity: { logId } } = log;
    const { signers, memory, clock } = this;
    this.facts = new PostgresStoredFacts(pool);
    const { facts } = this;
    const grown = new GrownLately();
    this.subscriber = new EvidenceSubscriber(growing(logId), grown);
    this.notary = new Notary({ pool, facts, logId, signers, memory, grown, clock, witnesses, onNotice: (notice) => void this.notices.push(notice) });
    this.book = new PostgresEvidenceBook({ pool, facts, logId, signers, clock, witnesses, problemOf: (witness) => this.notary.witnessing.problemOf(witness), witnessesNeeded: Math.min(1, witnesses.length) });
  }

  static async open(connection: Connection, witnesses: readonly WitnessAddress[] = []): Promise<EvidenceLog> {
    const { openPostgres } = await import('#postgres');
    return new EvidenceLog(await openPostgres({ connection, kind: 'live', poolSize: 4, moreMigrations: [EvidenceTables0000000000501] }), witnesses);
  }

  /** The same log as another process has it, which remembers nothing of what was done here. */
  forgetful(): EvidenceLog {
    const other = new EvidenceLog(this.log, []);
    other.memory.signed = this.memory.signed;
    return other;
  }

  async record(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, (_none, ordinal) => this.log.store.append(appendOf({ decidedAt: this.clock.now(), events: [eventOf({ ordinal, text: '井盖"缺失"' })] }))));
  }

  /** Brings the trees up to the end of the log. */
  async grow(batch = 1_000): Promise<void> {
    let lease = await this.log.subscriptions.acquire('evidence', 'spec', 60_000);
    for (;;) {
      if (!lease) throw new Error('the lease of the evidence is held by somebody else');
      const pages = await logPages(this.facts).readAll(lease.position, batch);
      const effect = await this.subscriber.handle(pages);
      if (!effect) return this.log.subscriptions.release(lease);
      lease = await this.log.subscriptions.advance(lease, pages.at(-1)?.position ?? 0, effect);
    }
  }

  async sign(): Promise<void> {
    await this.grow();
    await this.notary.step();
  }

  async policy(): Promise<TrustPolicy> {
    return parsePolicy((await this.book.status()).keys);
  }

  async exported(from = 1, to?: number): Promise<string> {
    let text = '';
    for await (const lines of await this.book.exportLines(from, to)) text += lines;
    return text;
  }

  beginEpoch(reason: string): ReturnType<typeof beginEpoch> {
    const { log: { pool, identity: { logId } }, facts, signers, memory, clock } = this;
    return beginEpoch({ pool, facts, logId, signers, memory, now: clock.now(), reason });
  }

  /** Changes what cannot be changed, as somebody with all rights over the database could. */
  async tamper(...statements: readonly string[]): Promise<void> {
    const client = await this.log.pool.connect();
    try {
      await client.query('set session_replication_role = replica');
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.query('set session_replication_role = origin');
      client.release();
    }
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

export const verifyExport = (text: string, policy?: TrustPolicy, checkpoint?: { readonly note: Note; readonly checkpoint: Checkpoint }): Verdict => {
  const verifier = new ExportVerifier({ ...(policy ? { policy } : {}), ...(checkpoint ? { checkpoint } : {}) });
  const lines = text.split('\n');
  lines.pop();
  for (const line of lines) if (!verifier.take(Buffer.from(line))) break;
  return verifier.end();
};
