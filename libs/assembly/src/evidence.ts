import { join } from 'node:path';
import type { LoopTimes, Press } from '#engine';
import { ed25519Signer, sm2Signer } from '#evidence';
import type { EvidenceBook, Signer } from '#evidence';
import type { Clock } from '#kernel';
import { beginEpoch, GrownLately, LogAudit, Notary, PostgresEvidenceBook, signedInFile } from '#notary';
import type { Finding, SignedMemory, StoredFacts, WitnessAddress } from '#notary';
import type { PostgresLog } from '#postgres';
import { evidenceWork } from './evidence-work.js';
import type { EvidenceWork } from './evidence-work.js';
import type { Secrets } from './secrets.js';

export interface EvidenceOptions {
  readonly witnesses: readonly WitnessAddress[];
  /** How many of them must have cosigned. */
  readonly witnessesNeeded: number;
}

export interface EvidenceParts extends EvidenceOptions {
  readonly log: PostgresLog;
  readonly secrets: Secrets;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly owner: string;
  readonly times?: LoopTimes;
  readonly press: Press;
  /** The log as it stands in its store. */
  readonly facts: StoredFacts;
  readonly onNotice: (notice: string) => void;
  readonly onError: (name: string, error: unknown) => void;
}

const checkedAtATime = 20_000;

/** 存证 The parts that keep the evidence, put together. */
export class Evidence {
  readonly book: EvidenceBook;
  readonly work: EvidenceWork;
  readonly facts: StoredFacts;
  private readonly signers: readonly Signer[];
  private readonly memory: SignedMemory;

  constructor(private readonly parts: EvidenceParts) {
    const { log, facts, secrets, dataFolder, clock, witnesses, witnessesNeeded, owner, times, press, onNotice, onError } = parts;
    const { pool, subscriptions, identity: { logId } } = log;
    this.signers = [ed25519Signer(secrets.logKey), sm2Signer(secrets.logSm2Key)];
    this.memory = signedInFile(join(dataFolder, 'evidence', 'last-signed.json'));
    this.facts = facts;
    const { signers, memory } = this;
    const grown = new GrownLately();
    const notary = new Notary({ pool, facts, logId, signers, memory, grown, clock, witnesses, onNotice });
    this.work = evidenceWork({ logId, facts, subscriptions, owner, press, onError, notary, grown, ...(times === undefined ? {} : { times }) });
    this.book = new PostgresEvidenceBook({ pool, facts, logId, signers, clock, witnesses, problemOf: (witness) => notary.witnessing.problemOf(witness), witnessesNeeded });
  }

  /** Reads the whole signed log again and compares it with everything that was signed. Answers the first thing that differs. */
  async check(onProgress: (position: number) => void = () => undefined): Promise<Finding | null> {
    const { pool, identity: { logId } } = this.parts.log;
    const { epoch, logPosition, checkpoints } = await this.book.status();
    const until = checkpoints.sha256?.size ?? 0;
    if (until > logPosition) return { code: 'evidence.tail-lost', position: logPosition + 1, message: `A checkpoint over ${until} facts was signed, and the log ends at position ${logPosition}.` };
    const audit = new LogAudit(logId, this.facts);
    while (audit.position < until) {
      const found = await audit.advance(pool, epoch, until, checkedAtATime);
      if (found) return found;
      onProgress(audit.position);
    }
    return null;
  }

  /** For an operator who knows why what was signed is not there any more. */
  beginEpoch(reason: string): ReturnType<typeof beginEpoch> {
    const { clock, log: { pool, identity: { logId } } } = this.parts;
    return beginEpoch({ pool, facts: this.facts, logId, signers: this.signers, memory: this.memory, now: clock.now(), reason });
  }
}
