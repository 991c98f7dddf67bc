import type { Person } from './trial-city.js';

/** What the door said to a command. */
export type Answer =
  | { readonly kind: 'acknowledged'; readonly status: 'recorded' | 'ignored' | 'duplicate'; readonly incidentId: string; readonly revision: number; readonly position: number }
  | { readonly kind: 'refused'; readonly http: number; readonly code: string }
  /** The engine admits a mistake of its own; whether anything was recorded is not known. */
  | { readonly kind: 'defect'; readonly detail: string }
  /** No answer, or one that says to ask again. */
  | { readonly kind: 'unknown'; readonly why: string };

/** One command as its sender remembers it, with everything that was answered to it. */
export interface Sent {
  readonly commandId: string;
  readonly person: Person;
  readonly path: string;
  readonly body: object;
  readonly answers: Answer[];
  /** A sender who never asks again: what became of it nobody knows but the log. */
  readonly forgetful: boolean;
}

/** 备忘 What the senders of a trial remember; it is compared with the log afterwards. */
export class Ledger {
  readonly sent: Sent[] = [];
  private count = 0;

  add(sent: Sent): void {
    this.sent.push(sent);
  }

  answered(sent: Sent, answer: Answer): void {
    sent.answers.push(answer);
    if (answer.kind === 'acknowledged') this.count += 1;
  }

  /** Acknowledgements so far. */
  get acknowledged(): number {
    return this.count;
  }

  figures(): { readonly acknowledged: number; readonly refused: number; readonly unanswered: number; readonly askedAgain: number } {
    const settled = this.sent.map(({ answers }) => answers);
    const has = (kind: Answer['kind']) => (answers: readonly Answer[]): boolean => answers.some((answer) => answer.kind === kind);
    const acknowledged = settled.filter(has('acknowledged')).length;
    const refused = settled.filter((answers) => !has('acknowledged')(answers) && has('refused')(answers)).length;
    return { acknowledged, refused, unanswered: settled.length - acknowledged - refused, askedAgain: settled.filter(({ length }) => length > 1).length };
  }
}
