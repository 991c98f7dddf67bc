import { phoneCommand } from './commands.js';

/** 指令单 What is filled in for a command, whichever it is; each form shows its own part. */
export interface OrderForm {
  readonly note: string;
  readonly reason: string | null;
  /** What was found: of an inspection or of a verification. */
  readonly outcome: 'pass' | 'fail' | 'true' | 'untrue' | null;
  readonly ruleId: string | null;
  readonly grade: string;
  readonly unit: string | null;
  readonly addedMinutes: number | null;
  readonly untilDays: number | null;
}

interface Written {
  readonly command: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Fields that the form does not show and only passes on, such as the number of a whistle. */
const carriedNames: readonly string[] = ['whistleId', 'supervisionId'];
const dayMs = 86_400_000;

export const emptyForm: OrderForm = { note: '', reason: null, outcome: null, ruleId: null, grade: 'general', unit: null, addedMinutes: null, untilDays: null };

const outcomeOf = ({ command, body }: Written): OrderForm['outcome'] => {
  if (command === 'FailInspection') return 'fail';
  return (body['outcome'] as OrderForm['outcome']) ?? null;
};

/** The form of an order that was written down before, also of one that the engine refused. */
export const orderFormOf = (written: Written): OrderForm => {
  const { body } = written;
  const reason = body['reason'] as { readonly code?: string; readonly note?: string } | undefined;
  const text = (name: string): string | null => (typeof body[name] === 'string' ? (body[name] as string) : null);
  return {
    note: text('note') ?? reason?.note ?? '', reason: reason?.code ?? null, outcome: outcomeOf(written), ruleId: text('ruleId'), grade: text('grade') ?? 'general', unit: text('unit'),
    addedMinutes: typeof body['addedMinutes'] === 'number' ? body['addedMinutes'] : null, untilDays: null,
  };
};

const noteOf = ({ note }: OrderForm): Record<string, unknown> => (note.trim() === '' ? {} : { note: note.trim() });
const reasonOf = (form: OrderForm): Record<string, unknown> => (form.reason === null ? {} : { reason: { code: form.reason, ...noteOf(form) } });

/** The command that is really meant: an inspection that failed is another one than one that passed. */
export const commandMeant = (command: string, { outcome }: OrderForm): string => {
  if (phoneCommand(command)?.form !== 'inspect') return command;
  return outcome === 'fail' ? 'FailInspection' : 'PassInspection';
};

/** What is sent, without photos. `now`: the engine's time, from which a suspension counts. */
export const orderBodyOf = (command: string, form: OrderForm, before: Written['body'], now: number): Record<string, unknown> => {
  const carried = Object.fromEntries(Object.entries(before).filter(([name]) => carriedNames.includes(name)));
  switch (phoneCommand(command)?.form) {
    case 'reason': return { ...carried, ...reasonOf(form) };
    case 'inspect': return command === 'FailInspection' ? reasonOf(form) : noteOf(form);
    case 'verify': return { outcome: form.outcome, ...noteOf(form) };
    case 'file': return { ruleId: form.ruleId, grade: form.grade };
    case 'dispatch': return { unit: form.unit };
    case 'more-time': return { addedMinutes: form.addedMinutes, ...reasonOf(form) };
    case 'until': return { until: new Date(now + (form.untilDays ?? 0) * dayMs).toISOString(), ...reasonOf(form) };
    default: return { ...carried, ...noteOf(form) };
  }
};

export type OrderMissing = 'reason' | 'note' | 'evidence' | 'outcome' | 'rule' | 'unit' | 'span';

const reasonMissing = ({ reason, note }: OrderForm): OrderMissing | null => {
  if (reason === null) return 'reason';
  return reason === 'other' && note.trim() === '' ? 'note' : null;
};

/** What is still missing before it can be sent, one thing at a time. */
export const missingInOrder = (command: string, form: OrderForm, photos: number): OrderMissing | null => {
  switch (phoneCommand(command)?.form) {
    case 'evidence': return photos === 0 && form.note.trim() === '' ? 'evidence' : null;
    case 'inspect':
      if (form.outcome === null) return 'outcome';
      return form.outcome === 'fail' ? reasonMissing(form) : null;
    case 'verify': return form.outcome === null ? 'outcome' : null;
    case 'reason': return reasonMissing(form);
    case 'file': return form.ruleId === null ? 'rule' : null;
    case 'dispatch': return form.unit === null ? 'unit' : null;
    case 'more-time': return form.addedMinutes === null ? 'span' : reasonMissing(form);
    case 'until': return form.untilDays === null ? 'span' : reasonMissing(form);
    case 'note': return form.note.trim() === '' ? 'note' : null;
    default: return null;
  }
};
