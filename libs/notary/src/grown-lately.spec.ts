import { describe, expect, it } from '@jest/globals';
import { GrownLately } from './grown-lately.js';
import type { Stretch } from './grown-lately.js';

const tree = { leaves: '', root: new Uint8Array(32) };
const stretch = (from: number, to: number, epoch = 1): Stretch => ({ epoch, from, to, digest: `${from}-${to}`, trees: { sha256: tree, sm3: tree } });

const grown = (...stretches: readonly Stretch[]): GrownLately => {
  const lately = new GrownLately();
  for (const each of stretches) lately.note(each);
  return lately;
};

const digests = (found: readonly Stretch[] | null): readonly (string | null)[] | null => found && found.map(({ digest }) => digest);

describe('what the trees took in lately', () => {
  it('is answered when all of it is remembered, from the first to the last', () => {
    const lately = grown(stretch(1, 10), stretch(11, 15), stretch(16, 40));
    expect(digests(lately.between(1, 0, 40))).toEqual(['1-10', '11-15', '16-40']);
    expect(digests(lately.between(1, 10, 15))).toEqual(['11-15']);
  });

  it.each([
    ['begins before what is remembered', 3, 40], ['ends within a stretch', 10, 20], ['goes beyond it', 10, 41],
  ])('is not answered when what is asked for %s', (_what, after, to) => {
    expect(grown(stretch(11, 15), stretch(16, 40)).between(1, after, to)).toBeNull();
  });

  it('is of one epoch', () => {
    const lately = grown(stretch(1, 10), stretch(11, 15, 2));
    expect(lately.between(1, 0, 10)).toBeNull();
    expect(digests(lately.between(2, 10, 15))).toEqual(['11-15']);
  });

  it('begins anew where something is missing, and replaces what was done again', () => {
    expect(grown(stretch(1, 10), stretch(12, 15)).between(1, 0, 15)).toBeNull();
    expect(digests(grown(stretch(1, 10), stretch(11, 20), stretch(11, 13), stretch(14, 20)).between(1, 0, 20))).toEqual(['1-10', '11-13', '14-20']);
  });

  it('is forgotten when it is signed', () => {
    const lately = grown(stretch(1, 10), stretch(11, 15));
    lately.forget(10);
    expect(lately.between(1, 0, 10)).toBeNull();
    expect(digests(lately.between(1, 10, 15))).toEqual(['11-15']);
  });
});
