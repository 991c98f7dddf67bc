import { incidentEventKinds, incidentFacts, schemaOf } from '#events';
import type { IncidentEvent } from '#events';
import type { EventStore, RecordedEvent } from '#kernel';
import { toRecordedEvent } from '#postgres';
import type { RecordedRow } from '#postgres';
import { timelineRowOf } from '#views';
import type { TimelineRow } from '#views';
import { JsonText } from './tables.js';

/** A store that can hand out its facts as the texts that were recorded. */
interface TextStore extends EventStore {
  readRows(after: number, limit: number): Promise<readonly RecordedRow[]>;
}

/** One page of the log: how far it goes, the facts about incidents in it, and their lines of the timeline. */
export interface FactPage {
  /** Facts of every kind. */
  readonly count: number;
  readonly last: number;
  readonly facts: readonly RecordedEvent<IncidentEvent>[];
  readonly timeline: readonly TimelineRow[];
}

type ReadPage = (after: number, limit: number, until: number) => Promise<FactPage>;

const pageOf = (after: number, positions: readonly { readonly position: number }[], facts: FactPage['facts'], timeline: FactPage['timeline']): FactPage => ({
  count: positions.length, last: positions.at(-1)?.position ?? after, facts, timeline,
});

const fromEvents = (store: EventStore): ReadPage => async (after, limit, until) => {
  const events = (await store.readAll(after, limit)).filter(({ position }) => position <= until);
  const facts = incidentFacts(events);
  return pageOf(after, events, facts, facts.map(timelineRowOf));
};

/** The data of a fact goes from the log into the timeline as the text that it is: writing it down again would be a sixth of a rebuild. */
const fromTexts = (store: TextStore): ReadPage => async (after, limit, until) => {
  const rows = (await store.readRows(after, limit)).filter(({ position }) => position <= until);
  const facts = incidentFacts(rows.map(toRecordedEvent));
  const texts = new Map(rows.filter(({ type, schema }) => type in incidentEventKinds && schema === schemaOf(type)).map(({ position, data }) => [position, data]));
  const timeline = facts.map((fact): TimelineRow => {
    const text = texts.get(fact.position);
    const row = timelineRowOf(fact);
    return text === undefined ? row : { ...row, data: new JsonText(text) as unknown as TimelineRow['data'] };
  });
  return pageOf(after, rows, facts, timeline);
};

/** Reads pages of the log, by the shortest way that the store offers. */
export const factReader = (store: EventStore): ReadPage => ('readRows' in store ? fromTexts(store as TextStore) : fromEvents(store));
