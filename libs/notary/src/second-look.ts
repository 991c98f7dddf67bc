import { treeNames } from '#evidence';
import type { TiledTree, TreeName } from '#evidence';
import { leafDigests } from './evidence-tables.js';
import type { Database } from './evidence-tables.js';
import type { Stretch } from './grown-lately.js';
import type { StoredFacts } from './stored-facts.js';

export interface SecondLook {
  readonly stored: StoredFacts;
  readonly database: Database;
  readonly treeOf: (tree: TreeName) => TiledTree;
}

/**
 * 再读 Whether the store still holds what the trees took in, byte for byte, and the tiles what was reckoned from it: the facts by one digest of each
 * stretch, which the store reckons from what stands in it now, the hashes of the leaves and the roots of both trees by comparing them. Says no more
 * than yes or no: what is wrong is found leaf by leaf.
 */
export const isAsGrown = async (stretches: readonly Stretch[], { stored, database, treeOf }: SecondLook): Promise<boolean> => {
  for (const { epoch, from, to, digest, trees } of stretches) {
    if (digest === null || (await stored.digestOf(from, to)) !== digest) return false;
    const leaves = await leafDigests(database, epoch, from, to);
    if (treeNames.some((tree) => leaves[tree] !== trees[tree].leaves)) return false;
  }
  const last = stretches.at(-1);
  if (!last) return true;
  for (const tree of treeNames) if (!(await treeOf(tree).rootAt(last.to)).equals(last.trees[tree].root)) return false;
  return true;
};
