/** A binary heap: the least item first, equal items in the order of their coming. */
export class Heap<Item> {
  private readonly items: { readonly item: Item; readonly at: number; readonly ordinal: number }[] = [];
  private ordinal = 0;

  get size(): number {
    return this.items.length;
  }

  peekAt(): number | null {
    return this.items[0]?.at ?? null;
  }

  push(item: Item, at: number): void {
    this.items.push({ item, at, ordinal: (this.ordinal += 1) });
    let child = this.items.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.before(child, parent)) return;
      this.swap(child, parent);
      child = parent;
    }
  }

  pop(): { readonly item: Item; readonly at: number } | null {
    const top = this.items[0];
    const last = this.items.pop();
    if (!top || !last) return null;
    if (this.items.length > 0) {
      this.items[0] = last;
      this.sink();
    }
    return top;
  }

  private sink(): void {
    let parent = 0;
    for (;;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      let least = parent;
      if (left < this.items.length && this.before(left, least)) least = left;
      if (right < this.items.length && this.before(right, least)) least = right;
      if (least === parent) return;
      this.swap(parent, least);
      parent = least;
    }
  }

  private before(a: number, b: number): boolean {
    const one = this.items[a];
    const other = this.items[b];
    return one !== undefined && other !== undefined && (one.at < other.at || (one.at === other.at && one.ordinal < other.ordinal));
  }

  private swap(a: number, b: number): void {
    const one = this.items[a];
    const other = this.items[b];
    if (one === undefined || other === undefined) return;
    this.items[a] = other;
    this.items[b] = one;
  }
}
