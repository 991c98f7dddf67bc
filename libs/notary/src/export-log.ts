import { checkpointLine, endLine, factLine, headLine, linkLine, TiledTree, treeHashOf } from '#evidence';
import type { TreeName } from '#evidence';
import { Refusal } from '#kernel';
import { checkpointsBetween, epochLinks, tileReader, withCosignatures } from './evidence-tables.js';
import type { Database, StoredCheckpoint } from './evidence-tables.js';
import { asTexts } from './stored-facts.js';
import type { StoredFacts } from './stored-facts.js';

const page = 1_000;
/** Checkpoints along the way narrow down where something was altered; more of them would not make it any surer. */
const checkpointsMost = 200;

/** What an export of the log is made from: the last checkpoints, which have to cover it. */
export interface ExportParts {
  readonly database: Database;
  readonly facts: StoredFacts;
  readonly logId: string;
  readonly epoch: number;
  readonly last: Readonly<Record<TreeName, StoredCheckpoint>>;
}

const both = async <Value>(of: (tree: TreeName) => Promise<Value>): Promise<Record<TreeName, Value>> => ({ sha256: await of('sha256'), sm3: await of('sm3') });

/**
 * The facts of a stretch as they are recorded, with everything that is needed to verify them anywhere. Beside each stands the hash that the tree
 * has of it, and not one reckoned now: so a fact that was changed afterwards is found at its very position.
 */
export async function* exportLines({ database, facts: stored, logId, epoch, last }: ExportParts, from: number, to: number): AsyncGenerator<string, void, void> {
  const treeOf = (tree: TreeName): TiledTree => new TiledTree(treeHashOf(tree), tileReader(database, epoch, tree));
  yield headLine({ logId, epoch, from, to, before: await both((tree) => treeOf(tree).rangeAt(from - 1)) });
  for (const link of await epochLinks(database)) yield linkLine(link);
  const along = (await both((tree) => checkpointsBetween(database, epoch, tree, from, to, checkpointsMost)));
  const notes = new Map<number, string[]>();
  for (const { size, note } of [...along.sha256, ...along.sm3]) notes.set(size, [...(notes.get(size) ?? []), note]);
  for (let next = from; next <= to; ) {
    const facts = await stored.readAll(next - 1, page, to);
    const first = next;
    const hashes = await treeOf('sha256').leafHashes(first - 1, first - 1 + facts.length);
    let lines = '';
    for (const fact of facts) {
      if (fact.position !== next) break;
      lines += factLine(asTexts(fact), hashes[next - first] as Buffer) + (notes.get(next) ?? []).map(checkpointLine).join('');
      next += 1;
    }
    if (lines === '') throw new Refusal('evidence.tail-lost', `The log has no fact at position ${next}, which was signed.`, { position: next });
    yield lines;
  }
  yield endLine({
    to, checkpoints: await both((tree) => withCosignatures(database, last[tree])), consistency: await both((tree) => treeOf(tree).consistency(to, last[tree].size)),
  });
}
