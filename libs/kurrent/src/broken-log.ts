/** 账本受损 What the event store holds is not what was recorded there. Nobody can go on as if nothing were; a defect, with a stable code. */
export class BrokenLog extends Error {
  override readonly name = 'BrokenLog';

  constructor(
    readonly code: 'store.fact-missing' | 'store.fact-unreadable' | 'store.order-differs' | 'store.foreign-fact' | 'store.stream-deleted',
    message: string,
    readonly details: Readonly<Record<string, unknown>>,
  ) {
    super(`${message} [${code}]`);
  }
}
