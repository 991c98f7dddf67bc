import { join } from 'node:path';
import type { Pool } from 'pg';
import { ed25519Signer, sm2Signer } from '#evidence';
import type { EvidenceBook, Signer } from '#evidence';
import type { Clock } from '#kernel';
import { beginEpoch, EvidenceSubscriber, LogAudit, Notary, NotaryRunner, PostgresEvidenceBook, signedInFile } from '#notary';
import type { Finding, SignedMemory, WitnessAddress } from '#notary';
import type { Secrets } from './secrets.js';

export interface EvidenceOptions {
  readonly witnesses: readonly WitnessAddress[];
  /** How many of them must have cosigned. */
  readonly witnessesNeeded: number;
}

export interface EvidenceParts extends EvidenceOptions {
  readonly pool: Pool;
  readonly logId: string;
  readonly secrets: Secrets;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly onNotice: (notice: string) => void;
  readonly onError: (name: string, error: unknown) => void;
}

const checkedAtATime = 20_000;

/** 存证 The parts that keep the evidence, put together. */
export class Evidence {
  readonly subscriber: EvidenceSubscriber;
  readonly book: EvidenceBook;
  readonly runner: NotaryRunner;
  readonly notary: Notary;
  private readonly signers: readonly Signer[];
  private readonly memory: SignedMemory;

  constructor(private readonly parts: EvidenceParts) {
    const { pool, logId, secrets, dataFolder, clock, witnesses, witnessesNeeded, onNotice, onError } = parts;
    this.signers = [ed25519Signer(secrets.logKey), sm2Signer(secrets.logSm2Key)];
    this.memory = signedInFile(join(dataFolder, 'evidence', 'last-signed.json'));
    this.subscriber = new EvidenceSubscriber(logId);
    this.notary = new Notary({ pool, logId, signers: this.signers, memory: this.memory, clock, witnesses, onNotice });
    this.runner = new NotaryRunner(this.notary, onError);
    this.book = new PostgresEvidenceBook({ pool, logId, signers: this.signers, clock, witnessing: this.notary.witnessing, witnessesNeeded });
  }

  /** Reads the whole signed log again and compares it with everything that was signed. Answers the first thing that differs. */
  async check(onProgress: (position: number) => void = () => undefined): Promise<Finding | null> {
    const { pool, logId } = this.parts;
    const { epoch, logPosition, checkpoints } = await this.book.status();
    const until = checkpoints.sha256?.size ?? 0;
    if (until > logPosition) return { code: 'evidence.tail-lost', position: logPosition + 1, message: `A checkpoint over ${until} facts was signed, and the log ends at position ${logPosition}.` };
    const audit = new LogAudit(logId);
    while (audit.position < until) {
      const found = await audit.advance(pool, epoch, until, checkedAtATime);
      if (found) return found;
      onProgress(audit.position);
    }
    return null;
  }

  /** For an operator who knows why what was signed is not there any more. */
  beginEpoch(reason: string): ReturnType<typeof beginEpoch> {
    const { pool, logId, clock } = this.parts;
    return beginEpoch({ pool, logId, signers: this.signers, memory: this.memory, now: clock.now(), reason });
  }
}
