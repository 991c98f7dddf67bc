import { channels, satisfactionGrades } from '#events';
import { roles } from '#kernel';
import { cohorts, groupings, metrics } from '#metrics';
import { clockNames, grades, loops, referenceParts, rungs } from '#reference';

/** A schema of the OpenAPI document, as far as answers need it. */
export interface Shape {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly (string | null)[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly description?: string;
  readonly allOf?: readonly Shape[];
  readonly $ref?: string;
}

const text: Shape = { type: 'string' };
const uuid: Shape = { type: 'string', format: 'uuid' };
const moment: Shape = { type: 'string', format: 'date-time' };
const whole: Shape = { type: 'integer' };
const flag: Shape = { type: 'boolean' };
const open: Shape = { type: 'object', additionalProperties: true };

const oneOf = (values: readonly string[]): Shape => ({ type: 'string', enum: values });
const list = (items: Shape): Shape => ({ type: 'array', items });
const orNull = (shape: Shape): Shape => (shape.$ref === undefined ? { ...shape, nullable: true, ...(shape.enum ? { enum: [...shape.enum, null] } : {}) } : { allOf: [shape], nullable: true });
/** Every named property is there, and no other one. */
const object = (properties: Readonly<Record<string, Shape>>, optional: readonly string[] = []): Shape => ({
  type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)), additionalProperties: false,
});

export const shapeRef = (name: keyof typeof shapes): Shape => ({ $ref: `#/components/schemas/${name}` });
const ref = (name: string): Shape => ({ $ref: `#/components/schemas/${name}` });

const stage = oneOf(['reported', 'accepted', 'filed', 'dispatched', 'acknowledged', 'handled', 'inspected', 'arbitrating', 'closed', 'declined', 'voided', 'merged']);
const point = object({ longitude: { type: 'number' }, latitude: { type: 'number' } });
const degrees: Shape = { type: 'number' };
const named = object({ code: text, name: text });
const photo = object({ sha256: text, bytes: whole });
const logPlace = object({ position: whole, at: moment });

const incidentFields: Readonly<Record<string, Shape>> = {
  incidentId: uuid, revision: whole, position: whole, stage, open: flag, round: whole, rung: orNull(oneOf(rungs)), loop: orNull(oneOf(loops)), accountableUnit: orNull(text),
  holder: orNull(text), channel: oneOf(channels), externalId: orNull(text), grid: text, community: text, street: text, district: text, location: orNull(point), ruleHint: orNull(text),
  ruleId: orNull(text), subclassCode: orNull(text), scenario: orNull(text), grade: orNull(oneOf(grades)), photos: list(photo), reportedAt: moment,
  happenedAt: { ...orNull(moment), description: 'By the reporter\'s word; clocks run from reportedAt' },
  delayMinutes: { ...orNull(whole), description: 'Whole minutes between the two, as with a phone that had no network' }, filedAt: orNull(moment),
  closedAt: orNull(moment), changedAt: moment, dueAt: orNull(moment), dueClock: orNull(oneOf(clockNames)), breachedClocks: whole, escalations: whole, returns: whole, reworks: whole,
  suspendedUntil: orNull(moment), selfHandled: flag, satisfaction: orNull(oneOf(satisfactionGrades)), mergedInto: orNull(uuid),
  description: { ...orNull(text), description: 'Null where the caller may not read it' }, address: orNull(text),
};

const numberShape: Shape = { type: 'number' };
const cohort = oneOf(Object.keys(cohorts));
/** What a rate says, or what a duration says. */
const reading = object({
  text: { ...text, description: '— where there is nothing to divide by' }, numerator: numberShape, denominator: whole, value: orNull(numberShape),
  points: { ...orNull(numberShape), description: 'Out of 100, in the direction in which more is better' }, count: whole, p50Minutes: orNull(numberShape), p90Minutes: orNull(numberShape),
}, ['numerator', 'denominator', 'value', 'points', 'count', 'p50Minutes', 'p90Minutes']);
const figureHead: Readonly<Record<string, Shape>> = {
  metric: oneOf(metrics.map(({ name }) => name)), chinese: text, version: whole, from: orNull(moment), before: orNull(moment), by: orNull(oneOf(groupings)), filter: open,
  asOf: object({ position: whole, at: moment }),
};
const frozenFields: Readonly<Record<string, Shape>> = {
  figuresId: uuid, metrics: list(object({ name: text, version: whole })), from: orNull(moment), before: orNull(moment), at: moment, position: { ...whole, description: 'End of the log that the figures hold for' },
  places: orNull(list(text)), sha256: { ...text, description: 'SHA-256 of the content as canonical JSON' }, frozenAt: moment, frozenBy: text, frozenPosition: whole,
};

/** 应答的形状 What successful answers look like; specifications hold real answers against it. */
export const shapes = {
  Problem: object({
    type: text, title: text, status: whole, code: { ...text, description: 'Stable; programs decide by it' }, detail: text,
    errors: list(object({ field: text, code: text, message: text })), details: open, traceId: text,
  }, ['errors', 'details']),
  Incident: object(incidentFields),
  IncidentInFull: object({ ...incidentFields, reporter: orNull(object({ name: text, telephone: { ...orNull(text), description: 'Masked for all who are not working on the incident now' } })) }),
  Deadline: object({
    incidentId: uuid, clockId: text, clock: oneOf(clockNames), unit: text, rung: oneOf(rungs), status: oneOf(['running', 'paused', 'stopped']), startedAt: moment, warnAt: moment, dueAt: moment,
    seriousAt: moment, stoppedAt: orNull(moment), warned: flag, breached: flag, seriouslyBreached: flag, exempted: flag, grid: text, street: text,
  }),
  Action: object({ command: text, path: text, chinese: text, allowed: flag, code: { ...text, description: 'Why not' }, message: text }, ['code', 'message']),
  Fact: object({
    incidentId: uuid, version: whole, position: whole, type: text, chinese: text, round: whole, recordedAt: moment, claimedAt: orNull(moment), deviceSkewMs: orNull(whole),
    happenedAt: orNull(moment), delayMinutes: orNull(whole), actorId: text, actorRole: oneOf(roles), actorUnit: text,
    onBehalfOf: orNull(text), data: { ...open, description: 'The fact itself, with texts opened for those who may read them' },
  }),
  IncidentPage: object({ items: list(ref('Incident')), nextCursor: orNull(text) }),
  OpenIncident: object({
    incidentId: uuid, revision: whole, stage, rung: orNull(oneOf(rungs)), loop: orNull(oneOf(loops)), holder: orNull(text), channel: oneOf(channels), externalId: orNull(text), grid: text, community: text, street: text,
    location: orNull(point), ruleHint: orNull(text), ruleId: orNull(text), subclassCode: orNull(text), grade: orNull(oneOf(grades)), reportedAt: moment, changedAt: moment, dueAt: orNull(moment), dueClock: orNull(oneOf(clockNames)),
    warnAt: { ...orNull(moment), description: 'When the clock that is due next warns' }, escalations: whole, returns: whole, suspendedUntil: orNull(moment),
  }),
  OpenIncidents: object({ items: list(ref('OpenIncident')), more: { ...flag, description: 'Whether there are more than the ten thousand of one answer' } }),
  IncidentPicture: object({ incident: ref('IncidentInFull'), clocks: list(ref('Deadline')), actionsAtRevision: whole, allowedActions: list(ref('Action')) }),
  FactList: object({ items: list(ref('Fact')) }),
  DeadlineList: object({ items: list(ref('Deadline')) }),
  DeadlinePage: object({ items: list(ref('Deadline')), nextCursor: orNull(text) }),
  SuggestionList: object({ items: list(object({ rank: whole, unit: text, name: text, dutyId: text, match: oneOf(['rule', 'subclass', 'class']), basis: text })) }),
  DutyAnswer: object({
    rung: oneOf(rungs), enteredBy: { ...orNull(oneOf(['rule', 'grade'])), description: 'Why it enters above the lowest rung that has a duty for it' }, centre: orNull(object({ unit: text, name: text })),
    items: list(object({ rank: whole, unit: text, name: text, dutyId: text, match: oneOf(['rule', 'subclass', 'class']), basis: text })),
  }),
  MapBase: object({ tiles: orNull(object({ url: { ...text, description: 'With {z}, {x} and {y}, in Web Mercator' }, note: text })) }),
  QueueList: object({ items: list(object({ holder: text, open: whole, breached: whole, nextDueAt: orNull(moment) })) }),
  Reference: object({
    version: text, cityName: text, bounds: open, places: list(open), units: list(open), catalogue: open, duties: open, policy: open, calendar: open,
    commands: list(object({ command: text, path: text, chinese: text, reasons: orNull(open) })),
  }),
  LogSpan: object({
    first: orNull(logPlace), last: orNull(logPlace),
    asOf: { ...orNull(object({ position: whole, at: moment, referenceVersion: text })), description: 'The moment that was asked about; null where none was' },
  }),
  ReferenceDraft: object({
    version: text, against: { ...text, description: 'The last version in line, which it was compared with' },
    againstFrom: { ...orNull(moment), description: 'When that one takes effect; null where it is in force' }, status: oneOf(['new', 'already-in-force', 'already-waiting']),
    changes: list(object({
      part: oneOf(referenceParts), kind: oneOf(['added', 'changed', 'removed']), key: text, name: text, fields: list(object({ field: text, before: orNull(text), after: orNull(text) })),
    })),
  }),
  ReferenceActivation: object({ version: text, status: oneOf(['activated', 'already-in-force', 'already-waiting']) }),
  ReferenceVersions: object({
    items: list(object({
      version: text, sha256: text, position: whole, at: { ...moment, description: 'When it was decided' }, effectiveFrom: moment, state: oneOf(['waiting', 'in-force', 'replaced', 'withdrawn']),
      actorId: text, actorRole: oneOf(roles), reason: orNull(text), withdrawn: orNull(object({ at: moment, position: whole, actorId: text, actorRole: oneOf(roles), reason: text })),
    })),
  }),
  FieldKit: object({
    version: text, cityName: text, bounds: object({ west: degrees, south: degrees, east: degrees, north: degrees }), unit: named, ground: named,
    grids: list(object({ code: text, name: text, longitude: orNull(degrees), latitude: orNull(degrees) })), units: list(named),
    subjects: list(object({ ruleId: text, className: text, subclassName: text, condition: text, closing: text, onTheSpot: flag })),
    reasons: { ...open, description: 'Command → code → Chinese name, for the commands of the caller\'s role' },
  }),
  Me: object({
    accountId: uuid, login: text, displayName: text, role: oneOf(roles), unit: text, place: orNull(text),
    jurisdiction: object({ places: orNull(list(text)), unit: orNull(text) }), commands: list(text),
  }),
  MetricDefinition: object({
    name: text, chinese: text, formula: text, meaning: text, version: whole, kind: oneOf(['rate', 'weighted', 'mean', 'durations']), cohort,
    counts: oneOf(['incident', 'duty', 'loop', 'department', 'rating']), unit: oneOf(['percent', 'times', 'minutes']), better: oneOf(['higher', 'lower', 'neither']), groupings: list(oneOf(groupings)),
  }),
  MetricCatalogue: object({ cohorts: list(object({ cohort, chinese: text })), items: list(ref('MetricDefinition')) }),
  Reading: reading,
  BothReadings: object({ factual: ref('Reading'), accountable: ref('Reading') }),
  Figure: object({ ...figureHead, total: ref('BothReadings'), groups: list(object({ key: orNull(text), label: text, factual: ref('Reading'), accountable: ref('Reading') })) }),
  CountedPage: object({
    ...figureHead, nextCursor: orNull(text),
    items: list(object({ incidentId: uuid, at: moment, loop: orNull(oneOf(loops)), rung: orNull(oneOf(rungs)), unit: orNull(text), value: numberShape, exempt: flag, positions: list(whole) })),
  }),
  FrozenList: object({ items: list(object(frozenFields)) }),
  Frozen: object({ ...frozenFields, content: object({ question: open, definitions: list(ref('MetricDefinition')), figures: list(open) }) }),
  Recomputed: object({ same: flag, sha256: text, recomputedSha256: text, redefined: list(text), differing: list(object({ metric: text, frozen: open, recomputed: orNull(open) })) }),
  OwnReport: object({ incidentId: uuid, channel: oneOf(channels), externalId: orNull(text), reportedAt: moment, stage, round: whole, revision: whole, position: whole }),
  Account: object({ id: uuid, login: text, displayName: text, role: oneOf(roles), unit: text, place: orNull(text), active: flag, createdAt: moment }),
  AccountList: object({ items: list(ref('Account')) }),
  NewAccount: object({ account: ref('Account'), resetLink: text }),
  ResetLink: object({ resetLink: text }),
  Session: object({ accountId: uuid, displayName: text, role: oneOf(roles), unit: text, place: orNull(text), endsAt: moment, token: { ...text, description: 'Only where asked for' } }, ['token']),
  Evidence: object({
    logId: uuid, epoch: whole, logPosition: whole, treeSize: whole, checkpoints: object({ sha256: orNull(ref('SignedState')), sm3: orNull(ref('SignedState')) }),
    keys: { ...text, description: 'A file of keys for whoever verifies' },
    witnesses: list(object({ name: text, url: text, size: whole, cosignedAt: orNull(moment), problem: orNull(text) })), witnessesNeeded: whole, witnessedPosition: whole,
    unwitnessedSeconds: { ...whole, description: 'Age of the oldest fact that no witnessed checkpoint covers' },
    alarm: orNull(object({ code: text, message: text, position: orNull(whole), foundAt: moment })), links: list(text),
  }),
  SignedState: object({ origin: text, size: whole, root: text, signedAt: moment }),
  ConsistencyProof: object({ tree: oneOf(['sha256', 'sm3']), from: whole, to: whole, proof: list(text) }),
  LeafProof: object({
    position: whole, index: whole, leaf: { ...text, description: 'Base64 of the bytes that both trees hash' },
    content: object({ logId: uuid, position: whole, eventId: uuid, stream: text, version: whole, type: text, schema: whole, recordedAt: moment, metaSha256: text, dataSha256: text }),
    trees: object({ sha256: ref('LeafInTree'), sm3: ref('LeafInTree') }),
  }),
  LeafInTree: object({ hash: text, size: whole, proof: list(text), checkpoint: text }),
  Live: object({ status: oneOf(['ok']) }),
  Readiness: open,
} as const satisfies Readonly<Record<string, Shape>>;

/** Which operation answers what, and with which status. */
export const answers: Readonly<Record<string, readonly [status: number, shape: keyof typeof shapes]>> = {
  incidents: [200, 'IncidentPage'], openIncidents: [200, 'OpenIncidents'], incident: [200, 'IncidentPicture'], timeline: [200, 'FactList'], deadlinesOfIncident: [200, 'DeadlineList'], suggestions: [200, 'SuggestionList'], dutyProbe: [200, 'DutyAnswer'], mapBase: [200, 'MapBase'],
  deadlines: [200, 'DeadlinePage'], queues: [200, 'QueueList'], reference: [200, 'Reference'], logSpan: [200, 'LogSpan'], referenceVersions: [200, 'ReferenceVersions'], draftReference: [200, 'ReferenceDraft'], activateReference: [200, 'ReferenceActivation'], withdrawReference: [200, 'ReferenceVersions'], fieldKit: [200, 'FieldKit'], me: [200, 'Me'], ownReport: [200, 'OwnReport'], accounts: [200, 'AccountList'],
  metrics: [200, 'MetricCatalogue'], figure: [200, 'Figure'], countedIncidents: [200, 'CountedPage'], freezeFigures: [201, 'Frozen'], frozenFigures: [200, 'FrozenList'], frozenFigure: [200, 'Frozen'],
  recomputedFigures: [200, 'Recomputed'], addAccount: [201, 'NewAccount'], resetPassword: [200, 'ResetLink'], signIn: [201, 'Session'], setUp: [201, 'Session'], live: [200, 'Live'],
  evidence: [200, 'Evidence'], evidenceConsistency: [200, 'ConsistencyProof'], evidenceLeaf: [200, 'LeafProof'], ready: [200, 'Readiness'],
};
