import { formatKey, TiledTree, treeHashOf } from '#evidence';
import type { TreeName } from '#evidence';
import { second, toIso } from '#kernel';
import { keepCosignature, lastCheckpoint, lastCosignatures, tileReader } from './evidence-tables.js';
import type { Database, Finding, StoredCheckpoint } from './evidence-tables.js';
import { submitCheckpoint } from './witness-client.js';
import type { WitnessAddress } from './witness-client.js';

const patienceMs = 5 * second;

/** Under which name a witness is remembered: its key and not its address, which may change. */
export const witnessId = ({ key }: WitnessAddress): string => `${key.name}+${key.keyId.toString('hex')}`;

/** 见证 Takes the last checkpoints to the witnesses, and keeps what they put under them. */
export class Witnessing {
  private readonly problems = new Map<string, string>();

  constructor(
    readonly witnesses: readonly WitnessAddress[],
    private readonly onNotice: (notice: string) => void,
  ) {}

  /** What keeps a witness from cosigning, as this process knows it. */
  problemOf(witness: WitnessAddress): string | null {
    return this.problems.get(formatKey(witness.key)) ?? null;
  }

  /** All witnesses at once, each in its own time. Answers what one of them found wrong with the log itself. */
  async round(database: Database, epoch: number): Promise<Finding | null> {
    const checkpoints = await Promise.all((['sha256', 'sm3'] as const).map((tree) => lastCheckpoint(database, epoch, tree)));
    const findings: Finding[] = [];
    const rounds = this.witnesses.map(async (witness) => {
      for (const checkpoint of checkpoints) {
        if (checkpoint === null) continue;
        const finding = await this.submit(database, witness, checkpoint);
        if (finding) findings.push(finding);
      }
    });
    await Promise.all(rounds);
    return findings[0] ?? null;
  }

  private async submit(database: Database, witness: WitnessAddress, checkpoint: StoredCheckpoint): Promise<Finding | null> {
    const { epoch, tree, size, note } = checkpoint;
    const id = witnessId(witness);
    let old = (await lastCosignatures(database, epoch, tree)).find((each) => each.witness === id)?.size ?? 0;
    if (old === size) return null;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const answer = await submitCheckpoint(witness, old, await this.proof(database, epoch, tree, old, size), note, patienceMs);
      if (answer.status === 'cosigned') {
        await keepCosignature(database, { epoch, tree, size, witness: id, cosignedAt: toIso(answer.seconds * second), line: answer.line });
        this.problem(witness, null);
        return null;
      }
      if (answer.status === 'has' && answer.size > size) {
        return { code: 'evidence.witness-ahead', position: null, message: `Witness ${witness.key.name} has cosigned ${answer.size} leaves of ${checkpoint.checkpoint.origin}, which has only ${size} now.` };
      }
      if (answer.status === 'disagrees' || (answer.status === 'has' && answer.size === old)) {
        return { code: 'evidence.witness-disagrees', position: null, message: `Witness ${witness.key.name} has cosigned another tree of ${old} leaves for ${checkpoint.checkpoint.origin} than there is now.` };
      }
      if (answer.status === 'has') {
        old = answer.size;
        continue;
      }
      // A witness that speaks SHA-256 only, as the world's do, is a witness all the same.
      if (answer.status === 'not-for-this-log' && tree === 'sm3') return null;
      this.problem(witness, answer.status === 'away' ? answer.why : 'it was not told to watch this log');
      return null;
    }
    this.problem(witness, 'what it says it has changes from one answer to the next');
    return null;
  }

  private async proof(database: Database, epoch: number, tree: TreeName, old: number, size: number): Promise<readonly Buffer[]> {
    return old > size ? [] : new TiledTree(treeHashOf(tree), tileReader(database, epoch, tree)).consistency(old, size);
  }

  private problem(witness: WitnessAddress, why: string | null): void {
    const key = formatKey(witness.key);
    if ((this.problems.get(key) ?? null) === why) return;
    if (why === null) {
      this.problems.delete(key);
      this.onNotice(`witness ${witness.key.name} cosigns again`);
    } else {
      this.problems.set(key, why);
      this.onNotice(`witness ${witness.key.name} does not cosign: ${why}`);
    }
  }
}
