const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;
const byteMask = 0xff;

/**
 * 分区 The part of a subscription that a stream belongs to, from 0 below `partitions`: the same in every process and for ever, so that
 * all facts of one incident go the same way. FNV-1a, 32 bit, over both bytes of each UTF-16 unit
 * (http://www.isthe.com/chongo/tech/comp/fnv/); the upper half is folded in, because its last bits alone mix poorly.
 */
export const partitionOf = (stream: string, partitions: number): number => {
  let hash = offsetBasis;
  for (let index = 0; index < stream.length; index += 1) {
    const unit = stream.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & byteMask), prime);
    hash = Math.imul(hash ^ (unit >>> 8), prime);
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
};
