/**
 * 拒绝 The city says no. `code` is stable and dotted; people read `message`, programs read `code` and `details`.
 * A refusal is an expected answer: nothing was recorded.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** 冲突 The stream moved on while the command was under way, more often than the engine was willing to try again. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
  readonly code = 'incident.revision-conflict';

  constructor(
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** 暂不可用 The engine cannot answer now and nothing is known to be recorded; ask again with the same command id. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';

  constructor(
    readonly code: string,
    message: string,
    readonly retryAfterSeconds = 1,
  ) {
    super(message);
  }
}

/** 失去租约 Another worker holds the lease now; whoever sees this must stop at once and touch nothing more. */
export class Fenced extends Error {
  override readonly name = 'Fenced';

  constructor(readonly subscription: string) {
    super(`the lease of subscription "${subscription}" belongs to another worker now`);
  }
}
