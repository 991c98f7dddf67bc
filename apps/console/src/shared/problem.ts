/** 问题 Why the engine did not do it, as it said itself; or that nobody could be reached. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly errors: readonly { readonly field: string; readonly code: string; readonly message: string }[];
  readonly traceId: string | null;

  constructor(said: { status: number; code: string; detail: string; details?: Readonly<Record<string, unknown>> | undefined; errors?: Problem['errors'] | undefined; traceId?: string | undefined }) {
    super(said.detail);
    this.name = 'Problem';
    this.status = said.status;
    this.code = said.code;
    this.details = said.details ?? {};
    this.errors = said.errors ?? [];
    this.traceId = said.traceId ?? null;
  }

  /** Nobody answered, or not now: the same request may succeed later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const unreachable = (): Problem => new Problem({ status: 0, code: 'network.unreachable', detail: 'The engine cannot be reached.' });

export const problemFrom = (error: unknown): Problem => (error instanceof Problem ? error : unreachable());

/** What a response that is not a success says, also when something between here and the engine wrote it. */
export const problemIn = async (response: Response): Promise<Problem> => {
  const body = (await response.json().catch(() => null)) as { code?: unknown; detail?: unknown; details?: Readonly<Record<string, unknown>>; errors?: Problem['errors']; traceId?: string } | null;
  if (typeof body?.code !== 'string') return new Problem({ status: response.status, code: `http.${response.status}`, detail: `The answer was ${response.status}.` });
  return new Problem({ status: response.status, code: body.code, detail: typeof body.detail === 'string' ? body.detail : body.code, details: body.details, errors: body.errors, traceId: body.traceId });
};
