import type { CommandPath } from '../../shared/api.js';

/** What a form asks. Each kind of field is drawn in one way wherever it appears. */
export type Field =
  | 'reason' | 'note' | 'photos' | 'dispatch-unit' | 'unit' | 'units' | 'assisting' | 'rule' | 'grade' | 'until' | 'minutes' | 'rung' | 'incident' | 'outcome' | 'reached'
  | 'satisfaction' | 'clock' | 'whistle' | 'supervision';

/** 办理单 What has to be said for a command. An empty list is confirmed and nothing more; commands that are not listed are sent at once. */
export const forms: Readonly<Partial<Record<CommandPath, readonly Field[]>>> = {
  verify: ['outcome', 'note', 'photos'],
  decline: ['reason', 'note'],
  file: ['rule', 'grade'],
  dispatch: ['dispatch-unit', 'assisting'],
  return: ['reason', 'note'],
  arbitrate: ['unit', 'reason', 'note'],
  handle: ['note', 'photos'],
  'pass-inspection': ['note', 'photos'],
  'fail-inspection': ['reason', 'note', 'photos'],
  close: [],
  'request-force-close': ['reason', 'note'],
  'force-close': [],
  visit: ['reached', 'note'],
  satisfaction: ['satisfaction'],
  'complete-rectification': ['note'],
  reopen: ['reason', 'note'],
  merge: ['incident', 'reason', 'note'],
  'request-void': ['reason', 'note'],
  void: [],
  'request-suspension': ['until', 'reason', 'note'],
  'grant-suspension': [],
  'deny-suspension': ['reason', 'note'],
  resume: [],
  'request-extension': ['minutes', 'reason', 'note'],
  'grant-extension': [],
  'deny-extension': ['reason', 'note'],
  urge: ['note'],
  supervise: ['reason', 'note'],
  'answer-supervision': ['supervision', 'note'],
  'declare-beyond-ability': ['reason', 'note'],
  escalate: ['rung', 'reason', 'note'],
  delegate: ['rung', 'reason', 'note'],
  whistle: ['units', 'reason', 'note'],
  'report-in': ['whistle'],
  'end-whistle': ['whistle'],
  'request-exemption': ['clock', 'reason', 'note'],
  'grant-exemption': ['clock', 'reason', 'note'],
  'deny-exemption': ['clock', 'reason', 'note'],
};

/** What is chosen in a form so far. */
export interface Values {
  reason: string;
  note: string;
  photos: string[];
  unit: string;
  units: string[];
  assisting: string[];
  rule: string;
  grade: string;
  until: string;
  minutes: number;
  rung: string;
  incident: string;
  outcome: string;
  reached: boolean;
  satisfaction: string;
  clock: string;
  whistle: string;
  supervision: string;
}

export const emptyValues = (): Values => ({
  reason: '', note: '', photos: [], unit: '', units: [], assisting: [], rule: '', grade: 'general', until: '', minutes: 60, rung: '', incident: '', outcome: 'true', reached: true,
  satisfaction: 'satisfied', clock: '', whistle: '', supervision: '',
});

/** The word that stands for a field in a sentence. */
export const fieldWords = {
  reason: 'reason', note: 'note', photos: 'photoHint', 'dispatch-unit': 'unit', unit: 'unit', units: 'units', assisting: 'assisting', rule: 'rule', grade: 'grade', until: 'until', minutes: 'minutes',
  rung: 'to', incident: 'into', outcome: 'outcome', reached: 'reached', satisfaction: 'satisfied', clock: 'clock', whistle: 'whistle', supervision: 'supervision',
} as const satisfies Readonly<Record<Field, string>>;

const optional: readonly Field[] = ['note', 'photos', 'assisting'];

const valueOf = (field: Field, values: Values): unknown => values[field === 'dispatch-unit' ? 'unit' : field];

/** The first field that has to be filled and is not; null when the form can be sent. */
export const missingIn = (fields: readonly Field[], values: Values): Field | null =>
  fields.find((field) => {
    const value = valueOf(field, values);
    return !optional.includes(field) && (value === '' || (Array.isArray(value) && value.length === 0) || (field === 'minutes' && !(values.minutes > 0)));
  }) ?? null;

type Part = (values: Values, path: CommandPath, incidentRung: string | null) => Readonly<Record<string, unknown>>;

const noteIn = ({ note }: Values): { readonly note?: string } => (note.trim() === '' ? {} : { note: note.trim() });

/** What each field adds to the body of its command. */
const parts: Readonly<Record<Field, Part>> = {
  reason: (values) => ({ reason: { code: values.reason, ...noteIn(values) } }),
  note: (values, path) => (forms[path]?.includes('reason') ? {} : noteIn(values)),
  photos: ({ photos }) => (photos.length > 0 ? { photos } : {}),
  'dispatch-unit': ({ unit }) => ({ unit }),
  unit: ({ unit }) => ({ unit }),
  units: ({ units }) => ({ units }),
  assisting: ({ assisting }) => (assisting.length > 0 ? { assisting } : {}),
  rule: ({ rule }) => ({ ruleId: rule }),
  grade: ({ grade }) => ({ grade }),
  until: ({ until }) => ({ until: new Date(until).toISOString() }),
  minutes: ({ minutes }) => ({ addedMinutes: minutes }),
  rung: ({ rung }, path, incidentRung) => ({ to: rung, ...(path === 'escalate' ? { from: incidentRung } : {}) }),
  incident: ({ incident }) => ({ into: incident }),
  outcome: ({ outcome }) => ({ outcome }),
  reached: ({ reached }) => ({ reached }),
  satisfaction: ({ satisfaction }) => ({ grade: satisfaction }),
  clock: ({ clock }) => ({ clockId: clock }),
  whistle: ({ whistle }) => ({ whistleId: whistle }),
  supervision: ({ supervision }) => ({ supervisionId: supervision }),
};

/** The body of the command. A note goes with the reason where there is one. */
export const bodyOf = (path: CommandPath, values: Values, incidentRung: string | null): Record<string, unknown> =>
  Object.assign({}, ...(forms[path] ?? []).map((field) => parts[field](values, path, incidentRung)));

/** The order in which an incident's own way through its life offers itself: the first of these that is allowed is the next step. */
export const usualSteps: readonly string[] = [
  'accept', 'file', 'dispatch', 'arbitrate', 'acknowledge', 'handle', 'pass-inspection', 'fail-inspection', 'close', 'grant-extension', 'deny-extension', 'grant-suspension', 'deny-suspension',
  'resume', 'answer-supervision', 'report-in', 'visit', 'satisfaction', 'complete-rectification', 'force-close', 'void',
];
