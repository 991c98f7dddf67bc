import { upcast } from '#events';
import type { IncidentEvent } from '#events';
import { isIncidentStream } from '#engine';
import { fromIso, toIso } from '#kernel';
import type { Instant, RecordedEvent } from '#kernel';
import type { City } from '#reference';
import { responsibility, violationsOf } from '#scenario';
import type { ToldEvent } from '#scenario';
import { check } from './checks.js';
import type { Check } from './checks.js';

export const density = (log: readonly RecordedEvent[]): Check => {
  const problems: string[] = [];
  const versions = new Map<string, number>();
  const ids = new Set<string>();
  log.forEach(({ position, stream, version, recordedAt, eventId }, index) => {
    if (position !== index + 1) problems.push(`position ${position} stands at place ${index + 1}`);
    if (version !== (versions.get(stream) ?? 0) + 1) problems.push(`version ${version} of ${stream} follows ${versions.get(stream) ?? 0}`);
    versions.set(stream, version);
    if (recordedAt < (log[index - 1]?.recordedAt ?? '')) problems.push(`position ${position} was recorded before the one before it`);
    if (ids.has(eventId)) problems.push(`fact ${eventId} is there twice`);
    ids.add(eventId);
  });
  return check('the log is dense, its streams too, and time in it never goes back', log.length, problems);
};

export type Stories = ReadonlyMap<string, readonly ToldEvent[]>;

export const storiesOf = (log: readonly RecordedEvent[]): Stories => {
  const stories = new Map<string, ToldEvent[]>();
  for (const { stream, type, schema, data, recordedAt, actor } of log) {
    if (!isIncidentStream(stream)) continue;
    const told: ToldEvent = { event: { type, data: upcast(type, schema, data) } as IncidentEvent, at: fromIso(recordedAt), actor };
    const story = stories.get(stream);
    if (story) story.push(told);
    else stories.set(stream, [told]);
  }
  return stories;
};

const momentTypes: ReadonlySet<string> = new Set(['DeadlineWarned', 'DeadlineBreached', 'DeadlineSeriouslyBreached']);

/**
 * Each moment of each clock once if the clock ran when it passed, else never; and all else that can be read off a whole life (one end to
 * a round, duties apart, rungs, time). Judged from the due times in the facts alone, at a moment around which nothing was due.
 */
export const lives = (stories: Stories, until: Instant): Check => {
  let moments = 0;
  const problems: string[] = [];
  for (const [stream, told] of stories) {
    moments += told.filter(({ event }) => momentTypes.has(event.type)).length;
    problems.push(...violationsOf(told, until).map((violation) => `${stream}: ${violation}`), ...suspensions(told, until).map((violation) => `${stream}: ${violation}`));
  }
  return check('every deadline took effect exactly once if its clock ran, and never otherwise', moments, problems);
};

/** The end of a suspension is a moment too: the clock resumes once, by a person before it or by itself at it. */
const suspensions = (told: readonly ToldEvent[], until: Instant): readonly string[] => {
  const dueAt = new Map<string, Instant>();
  const stops = new Map<string, number>();
  for (const { event } of told) {
    for (const change of 'clocks' in event.data ? event.data.clocks : []) {
      if (change.change === 'start' && change.clock === 'suspension') dueAt.set(change.clockId, fromIso(change.dueAt));
      if (change.change === 'stop') stops.set(change.clockId, (stops.get(change.clockId) ?? 0) + 1);
    }
  }
  return [...dueAt].flatMap(([clockId, at]) => {
    const count = stops.get(clockId) ?? 0;
    return count > 1 || (count === 0 && at <= until) ? [`${clockId} ended ${count} times`] : [];
  });
};

const endings: ReadonlySet<string> = new Set(['Closed', 'ForceClosed', 'Declined', 'Voided', 'Merged']);

/** From filing to the end of each round the stretches of responsibility follow each other without a gap, and each is one known unit's. */
export const accountability = (stories: Stories, city: City): Check => {
  let seen = 0;
  const problems: string[] = [];
  for (const [stream, told] of stories) {
    const { stretches, violations } = responsibility(told);
    seen += stretches.length;
    problems.push(...violations.map((violation) => `${stream}: ${violation}`), ...stretches.filter(({ unit }) => !city.unit(unit)).map(({ unit }) => `${stream}: "${unit}" is no unit`));
    for (const { from, to } of roundsOf(told)) {
      const ends = stretches.filter((stretch) => stretch.from >= from && stretch.to <= to);
      const gap = [...ends.map((stretch) => stretch.from), to].findIndex((start, index) => start !== (index === 0 ? from : ends[index - 1]?.to));
      if (gap >= 0) problems.push(`${stream}: nobody is accountable after stretch ${gap} of the round from ${toIso(from)} to ${toIso(to)}`);
    }
  }
  return check('one unit is accountable at every moment from filing to the end', seen, problems);
};

/** Finished rounds: from filing or reopening to the ending. */
const roundsOf = (told: readonly ToldEvent[]): readonly { readonly from: Instant; readonly to: Instant }[] => {
  const rounds: { from: Instant; to: Instant }[] = [];
  let from: Instant | null = null;
  for (const { event, at } of told) {
    if (event.type === 'Filed' || event.type === 'Reopened') from = at;
    if (endings.has(event.type) && from !== null) {
      rounds.push({ from, to: at });
      from = null;
    }
  }
  return rounds;
};

const countOf = (told: readonly ToldEvent[], type: string, matches: (data: Readonly<Record<string, unknown>>) => boolean): number =>
  told.filter(({ event }) => event.type === type && matches(event.data as unknown as Record<string, unknown>)).length;

/** What the loops answer to a fact they answer once: nothing was forgotten at a crash, and nothing was done again after it. */
export const reactions = (stories: Stories): Check => {
  const problems: string[] = [];
  let seen = 0;
  const once = (stream: string, what: string, count: number, least: number): void => {
    seen += 1;
    if (count > 1 || count < least) problems.push(`${stream}: ${what} ${count} times`);
  };
  for (const [stream, told] of stories) {
    told.forEach(({ event }, index) => {
      const later = told.slice(index + 1);
      switch (event.type) {
        case 'Merged':
          once(stream, 'told to the earlier incident', countOf(stories.get(`incident-${event.data.into}`) ?? [], 'DuplicateLinked', ({ duplicate }) => duplicate === event.data.incidentId), 1);
          break;
        case 'SatisfactionRecorded': {
          // Nobody handled a merged incident, so there is nothing to put right.
          const overtaken = told.some(({ event: { type } }) => type === 'Merged') || later.some(({ event: { type } }) => type === 'Reopened');
          if (event.data.grade === 'dissatisfied') once(stream, `rectification of round ${event.data.round}`, countOf(told, 'RectificationOpened', ({ round }) => round === event.data.round), overtaken ? 0 : 1);
          break;
        }
        case 'DeclaredBeyondAbility': {
          const overtaken = later.some(({ event: { type } }) => type === 'Handled' || endings.has(type) || type === 'Escalated' || type === 'Delegated');
          once(stream, `climb after a declaration on rung ${event.data.rung}`, later.some(({ event: { type } }) => type === 'Escalated') ? 1 : 0, overtaken ? 0 : 1);
          break;
        }
        case 'SupervisionIssued':
          once(stream, `supervision ${event.data.supervisionId}`, countOf(told, 'SupervisionIssued', ({ supervisionId }) => supervisionId === event.data.supervisionId), 1);
          break;
        case 'InspectionFailed': {
          const overtaken = later.some(({ event: { type } }) => endings.has(type));
          if (event.data.supervises) once(stream, 'supervision after rework', countOf(told, 'SupervisionIssued', ({ supervisionId }) => supervisionId === `rework:${event.data.round}:${event.data.failures}`), overtaken ? 0 : 1);
          break;
        }
        default:
      }
    });
  }
  return check('the loops answered every fact once', seen, problems);
};
