import type { Pool, PoolClient } from 'pg';
import { checkpointText, formatNote, originOf, parseCheckpoint, signNote, TiledTree, treeHashOf, treeNames } from '#evidence';
import type { Signer, TreeName } from '#evidence';
import type { Clock } from '#kernel';
import { toIso } from '#kernel';
import type { LastSigned, SignedMemory } from './checkpoint-file.js';
import { currentEpoch, keepCheckpoints, lastCheckpoint, openAlarm, raiseAlarm, sizes, tileReader } from './evidence-tables.js';
import type { Finding } from './evidence-tables.js';
import type { GrownLately } from './grown-lately.js';
import { LogAudit, reread } from './log-audit.js';
import { isAsGrown } from './second-look.js';
import type { StoredFacts } from './stored-facts.js';
import { Witnessing } from './witnessing.js';
import type { WitnessAddress } from './witness-client.js';

export interface NotaryParts {
  readonly pool: Pool;
  readonly facts: StoredFacts;
  readonly logId: string;
  /** Every one of them signs every checkpoint. */
  readonly signers: readonly Signer[];
  readonly memory: SignedMemory;
  /** What this process let the trees take in lately, where it did. */
  readonly grown: GrownLately;
  readonly clock: Clock;
  readonly witnesses: readonly WitnessAddress[];
  readonly onNotice: (notice: string) => void;
}

/** Facts that every step goes over once more, from the beginning of the log to its end and round again. */
const auditedAtATime = 2_000;
const stepLock = '310110, 501';

/** What was signed last, wherever it is remembered. */
interface Signed {
  readonly tree: TreeName;
  readonly size: number;
  readonly root: Buffer;
}

/**
 * 公证 Signs what the log says, after having read it once more. What it finds wrong it records as an alarm of the epoch, and from then on
 * signs nothing; that stops nobody from working.
 */
export class Notary {
  readonly witnessing: Witnessing;
  private readonly audit: LogAudit;

  constructor(private readonly parts: NotaryParts) {
    this.witnessing = new Witnessing(parts.witnesses, parts.onNotice);
    this.audit = new LogAudit(parts.logId, parts.facts);
  }

  /** One look: read again, sign, tell the witnesses; answers how many facts it signed. Does nothing while another process is at it. Fails as the database fails. */
  async step(): Promise<number> {
    const client = await this.parts.pool.connect();
    let locked = false;
    try {
      const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${stepLock}) as locked`);
      locked = rows[0]?.locked === true;
      return locked ? await this.stepAlone(client) : 0;
    } finally {
      // A connection that cannot unlock is closed, which unlocks too.
      const unlocked = !locked || (await client.query(`select pg_advisory_unlock(${stepLock})`).then(() => true, () => false));
      client.release(!unlocked);
    }
  }

  private async stepAlone(client: PoolClient): Promise<number> {
    const epoch = await currentEpoch(client);
    if (await openAlarm(client, epoch)) return 0;
    const signed = await this.sign(client, epoch);
    const finding = typeof signed === 'number' ? await this.witnessing.round(client, epoch) : signed;
    if (finding) {
      await raiseAlarm(client, epoch, this.parts.clock.now(), finding);
      this.parts.onNotice(`the log is not signed any more: ${finding.message} [${finding.code}]`);
    }
    return typeof signed === 'number' ? signed : 0;
  }

  private async sign(client: PoolClient, epoch: number): Promise<Finding | number> {
    const remembered = await this.parts.memory.read();
    if (remembered && remembered.epoch > epoch) return { code: 'evidence.tail-lost', position: null, message: `A checkpoint of epoch ${remembered.epoch} was signed, and the database knows only ${epoch} of them.` };
    const { tree: size, log } = await sizes(client, this.parts.facts);
    const last = await this.lastSigned(client, epoch, remembered);
    const lastSize = Math.max(0, ...last.map((each) => each.size));
    if (lastSize > log) return { code: 'evidence.tail-lost', position: log + 1, message: `A checkpoint over ${lastSize} facts was signed, and the log ends at position ${log}.` };
    // The trees are being made anew; what is not there yet cannot be compared.
    if (size < lastSize) return 0;
    for (const { tree, size: signedSize, root } of last) {
      if (!(await this.treeOf(client, epoch, tree).rootAt(signedSize)).equals(root)) {
        const found = await reread(this.parts.facts, client, this.parts.logId, epoch, 1, signedSize);
        return found ?? { code: 'evidence.root-differs', position: null, message: `The ${tree} tree of the first ${signedSize} facts is not the one that was signed.` };
      }
    }
    const found = await this.secondLook(client, epoch, lastSize, size);
    if (found) return found;
    const audited = await this.audit.advance(client, epoch, lastSize, auditedAtATime);
    if (audited) return audited;
    if (remembered?.epoch === epoch) await this.keep(client, remembered);
    if (size > lastSize) await this.signAt(client, epoch, size);
    this.parts.grown.forget(size);
    return size - lastSize;
  }

  /** Reads from the store what is about to be signed and compares it with the trees. What is wrong, or null. */
  private async secondLook(client: PoolClient, epoch: number, after: number, size: number): Promise<Finding | null> {
    const { facts, grown, logId } = this.parts;
    const stretches = grown.between(epoch, after, size);
    if (stretches && (await isAsGrown(stretches, { stored: facts, database: client, treeOf: (tree) => this.treeOf(client, epoch, tree) }))) return null;
    const found = await reread(facts, client, logId, epoch, after + 1, size);
    if (found || !stretches) return found;
    return { code: 'evidence.root-differs', position: null, message: `The trees of the first ${size} facts are not the ones that grew from them.` };
  }

  private async signAt(client: PoolClient, epoch: number, size: number): Promise<void> {
    const notes = new Map<TreeName, string>();
    for (const name of treeNames) {
      const origin = originOf(this.parts.logId, name, epoch);
      const text = checkpointText({ origin, size, root: await this.treeOf(client, epoch, name).rootAt(size) });
      notes.set(name, formatNote({ text, signatures: await Promise.all(this.parts.signers.map((signer) => signNote(text, origin, signer))) }));
    }
    const signed: LastSigned = { epoch, signedAt: toIso(this.parts.clock.now()), sha256: notes.get('sha256') ?? '', sm3: notes.get('sm3') ?? '' };
    // Remembered before anybody can see it: what is known outside is never forgotten here.
    await this.parts.memory.keep(signed);
    await this.keep(client, signed);
  }

  private keep(client: PoolClient, { epoch, signedAt, ...notes }: LastSigned): Promise<void> {
    return keepCheckpoints(client, treeNames.map((tree) => ({ epoch, tree, signedAt, note: notes[tree], size: parseCheckpoint(notes[tree]).checkpoint.size })));
  }

  private async lastSigned(client: PoolClient, epoch: number, remembered: LastSigned | null): Promise<readonly Signed[]> {
    const stored = (await Promise.all(treeNames.map((tree) => lastCheckpoint(client, epoch, tree)))).flatMap((each) => (each ? [{ tree: each.tree, ...each.checkpoint }] : []));
    const outside = remembered?.epoch === epoch ? treeNames.map((tree) => ({ tree, ...parseCheckpoint(remembered[tree]).checkpoint })) : [];
    return [...stored, ...outside];
  }

  private treeOf(client: PoolClient, epoch: number, tree: TreeName): TiledTree {
    return new TiledTree(treeHashOf(tree), tileReader(client, epoch, tree));
  }
}
