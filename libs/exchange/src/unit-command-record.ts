import { extensionMinutesMax, photosMax, reasonCodesOf, textLengthMax } from '#incident';
import type { CommandOf, CommandWithReason } from '#incident';
import { given, RecordFields } from './record-fields.js';

/** 承办系统指令 What a unit's own system sends about an incident that the unit has, or is called to: all that a unit may do by hand. */
export const unitCommandTypes = [
  'AcknowledgeDispatch', 'ReturnDispatch', 'RecordFirstContact', 'RecordArrival', 'RecordHandling', 'RequestForceClose', 'CompleteRectification', 'RequestSuspension', 'ResumeIncident',
  'RequestExtension', 'AnswerSupervision', 'DeclareBeyondAbility', 'ReportIn', 'RequestExemption',
] as const;
export type UnitCommandType = (typeof unitCommandTypes)[number];

/** What of a command is text that somebody wrote, and therefore sealed, or a photo. */
interface Written {
  readonly reason?: { readonly code: string; readonly note?: string };
  readonly note?: string;
  readonly photos?: readonly string[];
}

type PlainOf<Type extends UnitCommandType> = Omit<CommandOf<Type>['data'], 'incidentId' | keyof Written>;

export interface UnitCommandRecord extends Written {
  readonly incidentId: string;
  readonly expectedRevision?: number;
  readonly claimedAt?: string;
  readonly onBehalfOf?: string;
  /** The rest of the command, as it is. */
  readonly plain: object;
}

type Read = (fields: RecordFields) => Omit<Partial<UnitCommandRecord>, 'incidentId'>;

const nothing: Read = () => ({});
const note: Read = (fields) => given({ note: fields.text('note', textLengthMax) });
const evidence: Read = (fields) => given({ note: fields.text('note', textLengthMax), photos: fields.sha256s('photos', photosMax) });

const reason = (command: CommandWithReason): Read => (fields) => {
  const part = fields.need('reason', fields.part('reason'));
  if (!part) return {};
  const [code, words] = [part.need('code', part.oneOf('code', reasonCodesOf(command))), part.text('note', textLengthMax)];
  part.nothingMore();
  return code === undefined ? {} : { reason: { code, ...given({ note: words }) } };
};

/** Fields that are missing have been noted by then: nothing is made of such a record. */
const plain = <Type extends UnitCommandType>(read: (fields: RecordFields) => { readonly [Name in keyof PlainOf<Type>]: PlainOf<Type>[Name] | undefined }): Read =>
  (fields) => ({ plain: given(read(fields)) });
const both = (...reads: readonly Read[]): Read => (fields) => Object.assign({}, ...reads.map((read) => read(fields))) as ReturnType<Read>;

/** One row for each command, as `POST /api/incidents/{id}/…` has one route. */
const rows: Readonly<Record<UnitCommandType, Read>> = {
  AcknowledgeDispatch: nothing,
  ReturnDispatch: reason('ReturnDispatch'),
  RecordFirstContact: nothing,
  RecordArrival: plain<'RecordArrival'>((fields) => ({ location: fields.location('location') })),
  RecordHandling: evidence,
  RequestForceClose: reason('RequestForceClose'),
  CompleteRectification: note,
  RequestSuspension: both(plain<'RequestSuspension'>((fields) => ({ until: fields.need('until', fields.moment('until')) })), reason('RequestSuspension')),
  ResumeIncident: nothing,
  RequestExtension: both(plain<'RequestExtension'>((fields) => ({ addedMinutes: fields.need('addedMinutes', fields.whole('addedMinutes', 1, extensionMinutesMax)) })), reason('RequestExtension')),
  AnswerSupervision: both(plain<'AnswerSupervision'>((fields) => ({ supervisionId: fields.need('supervisionId', fields.code('supervisionId')) })), note),
  DeclareBeyondAbility: reason('DeclareBeyondAbility'),
  ReportIn: plain<'ReportIn'>((fields) => ({ whistleId: fields.need('whistleId', fields.code('whistleId')), location: fields.location('location') })),
  RequestExemption: both(plain<'RequestExemption'>((fields) => ({ clockId: fields.need('clockId', fields.code('clockId')) })), reason('RequestExemption')),
};

/** Refuses with `input.invalid`, all fields by name, and `record.unreadable`. */
export const readUnitCommand = (type: UnitCommandType, body: unknown): UnitCommandRecord => {
  const fields = RecordFields.of(body);
  const incidentId = fields.need('incidentId', fields.uuid('incidentId')) ?? '';
  const common = given({ expectedRevision: fields.whole('expectedRevision', 0, 999_999_999), claimedAt: fields.moment('claimedAt'), onBehalfOf: fields.line('onBehalfOf', 100) });
  const own = rows[type](fields);
  fields.nothingMore();
  fields.insist();
  return { incidentId, plain: {}, ...common, ...own };
};
