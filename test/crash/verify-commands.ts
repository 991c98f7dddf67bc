import { deterministicId } from '#engine';
import type { RecordedEvent } from '#kernel';
import { check } from './checks.js';
import type { Check } from './checks.js';
import type { Ledger, Sent } from './ledger.js';
import { returnCap } from './trial-city.js';

const nameOf = ({ commandId, path, answers }: Sent): string => `${path} ${commandId} (${answers.map((answer) => (answer.kind === 'acknowledged' ? answer.status : answer.kind)).join(', ')})`;

type Blocks = ReadonlyMap<string, readonly RecordedEvent[]>;

const blocksOf = (log: readonly RecordedEvent[]): Blocks => {
  const blocks = new Map<string, RecordedEvent[]>();
  for (const event of log) {
    const block = blocks.get(event.commandId);
    if (block) block.push(event);
    else blocks.set(event.commandId, [event]);
  }
  return blocks;
};

/** Facts that never stand alone: what must follow in the same command, given the fact. */
const partners: Readonly<Record<string, (data: Readonly<Record<string, unknown>>) => string | null>> = {
  InspectionFailed: ({ drawn }) => (drawn === true ? 'Reopened' : 'ReworkOrdered'),
  Arbitrated: () => 'Dispatched',
  DispatchReturned: ({ returns }) => (Number(returns) > returnCap ? 'ArbitrationOpened' : null),
  ArbitrationOpened: () => 'DispatchReturned',
  DeadlineBreached: ({ clock }) => (clock === 'whistle' ? 'ReportInMissed' : null),
  SampleDrawn: () => 'Closed',
  Handled: ({ onTheSpot }) => (onTheSpot === true ? 'SampleDrawn' : null),
};

/** One command, one append: facts side by side, of one stream, of one moment, numbered from the first, none missing. */
const wholeness = (log: readonly RecordedEvent[], blocks: Blocks): Check => {
  const problems: string[] = [];
  for (const [commandId, block] of blocks) {
    const first = block[0] as RecordedEvent;
    const types = block.map(({ type }) => type);
    const together = block.every(({ stream, recordedAt, version, position }, index) =>
      stream === first.stream && recordedAt === first.recordedAt && version === first.version + index && position === first.position + index);
    if (!together) problems.push(`${commandId} did not record side by side: ${types.join(' ')}`);
    block.forEach(({ eventId, type, data }, index) => {
      if (eventId !== deterministicId(commandId, index)) problems.push(`fact ${index + 1} of ${commandId} has not the id that follows from it`);
      const partner = partners[type]?.(data as Record<string, unknown>) ?? null;
      if (partner !== null && !types.includes(partner)) problems.push(`${type} of ${commandId} stands without ${partner}`);
    });
  }
  return check('each command recorded all of its facts or none', log.length, problems);
};

const acknowledgedOnce = (sent: readonly Sent[], blocks: Blocks): Check => {
  const problems: string[] = [];
  let seen = 0;
  for (const one of sent) {
    for (const answer of one.answers) {
      if (answer.kind !== 'acknowledged' || answer.status === 'ignored') continue;
      seen += 1;
      const last = blocks.get(one.commandId)?.at(-1);
      if (!last) problems.push(`${nameOf(one)} was acknowledged and is not in the log`);
      else if (last.stream !== `incident-${answer.incidentId}` || last.version !== answer.revision || last.position !== answer.position) {
        problems.push(`${nameOf(one)} was acknowledged for ${answer.incidentId} at revision ${answer.revision}, position ${answer.position} and stands in ${last.stream} at ${last.version}, ${last.position}`);
      }
    }
  }
  return check('every acknowledged command is in the log, once, where it was said to be', seen, problems);
};

/** A no means that nothing was recorded; so does "it already holds" to whoever asked for the first time. */
const refusedNever = (sent: readonly Sent[], blocks: Blocks): Check => {
  const problems: string[] = [];
  let seen = 0;
  for (const one of sent) {
    const refused = one.answers.some(({ kind }) => kind === 'refused');
    const ignored = one.answers.some((answer) => answer.kind === 'acknowledged' && answer.status === 'ignored');
    if (!refused && !ignored) continue;
    seen += 1;
    if (blocks.has(one.commandId)) problems.push(`${nameOf(one)} was answered with a no and is in the log`);
  }
  return check('no refused or needless command is in the log', seen, problems);
};

const honestAnswers = (sent: readonly Sent[]): Check => {
  const problems: string[] = [];
  let seen = 0;
  for (const one of sent) {
    for (const answer of one.answers) {
      seen += 1;
      if (answer.kind === 'defect') problems.push(`${nameOf(one)}: ${answer.detail}`);
      if (answer.kind === 'refused' && (answer.code === 'session.missing' || answer.code === 'command.id-reused')) problems.push(`${nameOf(one)} was refused with ${answer.code}`);
    }
    const places = new Set(one.answers.flatMap((answer) => (answer.kind === 'acknowledged' && answer.status !== 'ignored' ? [`${answer.incidentId} ${answer.revision} ${answer.position}`] : [])));
    if (places.size > 1) problems.push(`${nameOf(one)} was answered in two ways: ${[...places].join(' and ')}`);
    // What was needless left no trace; asked again when the incident has moved on, it may be refused.
    if (places.size > 0 && one.answers.some(({ kind }) => kind === 'refused')) problems.push(`${nameOf(one)} was recorded and refused`);
  }
  return check('no answer was a defect, and asking again was answered alike', seen, problems);
};

/** Every sender who kept asking knows in the end. */
const everybodyAnswered = (sent: readonly Sent[]): Check => {
  const patient = sent.filter(({ forgetful, answers }) => !forgetful && answers.length > 0);
  return check('whoever asked again was answered in the end', patient.length, patient.filter(({ answers }) => answers.every(({ kind }) => kind === 'unknown')).map(nameOf));
};

/** Commands that nobody ever heard of again: the log may have them or not, as a whole. */
const unacknowledged = (sent: readonly Sent[], blocks: Blocks): Check => {
  const unknown = sent.filter(({ answers }) => answers.every(({ kind }) => kind === 'unknown'));
  const recorded = unknown.filter(({ commandId }) => blocks.has(commandId)).length;
  return check(`commands without an answer to the end: ${recorded} recorded as a whole, ${unknown.length - recorded} not at all`, sent.length, []);
};

export const verifyCommands = (ledger: Ledger, log: readonly RecordedEvent[]): readonly Check[] => {
  const blocks = blocksOf(log);
  const { sent } = ledger;
  return [acknowledgedOnce(sent, blocks), refusedNever(sent, blocks), wholeness(log, blocks), unacknowledged(sent, blocks), everybodyAnswered(sent), honestAnswers(sent)];
};
