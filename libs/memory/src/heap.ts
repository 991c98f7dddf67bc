/** A binary heap: the least item is always at the top, adding and taking cost the logarithm of the size. */
export class Heap<Item> {
  private readonly items: Item[] = [];

  /** `rank` orders the items, least first. */
  constructor(private readonly rank: (item: Item) => number) {}

  top(): Item | undefined {
    return this.items[0];
  }

  push(item: Item): void {
    let hole = this.items.length;
    this.items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.items[parent] as Item;
      if (this.rank(above) <= this.rank(item)) break;
      this.items[hole] = above;
      hole = parent;
    }
    this.items[hole] = item;
  }

  pop(): Item | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    if (last === undefined || this.items.length === 0) return top;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.items.length) break;
      const right = this.items[child + 1];
      if (right !== undefined && this.rank(right) < this.rank(this.items[child] as Item)) child += 1;
      const below = this.items[child] as Item;
      if (this.rank(last) <= this.rank(below)) break;
      this.items[hole] = below;
      hole = child;
    }
    this.items[hole] = last;
    return top;
  }
}
