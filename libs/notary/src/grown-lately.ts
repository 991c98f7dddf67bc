import type { Growth } from '#evidence';

/** 新段 What the trees of an epoch took in at once; the tiles are kept in their tables. */
export interface Stretch extends Omit<Growth, 'trees'> {
  readonly epoch: number;
  readonly trees: { readonly [Tree in keyof Growth['trees']]: Omit<Growth['trees'][Tree], 'tiles'> };
}

const stretchesMost = 500;

/**
 * 新增 What the trees have taken in lately, remembered until it is signed by the process that let them grow. Read again from the store before that, it
 * has to be the same. What is not remembered here (another process was at it, or this one is new) is reckoned again leaf by leaf.
 */
export class GrownLately {
  private stretches: readonly Stretch[] = [];

  /** What follows upon what was noted; anything else is a new beginning, and what is done again takes the place of what was noted. */
  note(stretch: Stretch): void {
    const before = this.stretches.filter(({ epoch, to }) => epoch === stretch.epoch && to < stretch.from);
    this.stretches = before.at(-1)?.to === stretch.from - 1 ? [...before, stretch].slice(-stretchesMost) : [stretch];
  }

  /** The stretches from just behind one position up to and with another; null where they are not all remembered, or do not begin and end there. */
  between(epoch: number, after: number, to: number): readonly Stretch[] | null {
    const found = this.stretches.filter((stretch) => stretch.epoch === epoch && stretch.from > after && stretch.to <= to);
    return found[0]?.from === after + 1 && found.at(-1)?.to === to ? found : null;
  }

  /** What is signed is not asked for again. */
  forget(upTo: number): void {
    this.stretches = this.stretches.filter(({ to }) => to > upTo);
  }
}
