/** Work that becomes visible when its transaction commits, all at once, and never if it does not. */
export class MemoryTransaction {
  private readonly works: (() => void)[] = [];

  whenCommitted(work: () => void): void {
    this.works.push(work);
  }

  commit(): void {
    for (const work of this.works.splice(0)) work();
  }
}
