import { Refusal, fromIso } from '#kernel';
import type { Iso } from '#kernel';
import type { Channel } from '#events';
import type { Rung } from '#reference';
import { placeKey } from './import-mapping.js';
import type { ImportMapping, Outcome } from './import-mapping.js';
import { isUnreadable } from './line.js';
import { readColumns, readRows } from './read-table.js';

/** Something that was put right or left out on the way, worth counting. */
export type Remark =
  | 'location-missing'
  | 'location-placeholder'
  | 'location-outside-bounds'
  | 'place-unknown'
  | 'channel-unknown'
  | 'time-ambiguous'
  | 'time-skipped'
  | 'due-before-report-left-out'
  | 'closing-time-of-open-left-out';

/** A row of somebody else's table in our words. Times are UTC. */
export interface MappedReport {
  readonly externalId: string;
  readonly channel: Channel;
  readonly ruleId: string;
  readonly closesOn: Rung;
  readonly gridCode: string;
  /** WGS-84 degrees; null where the row has none that can be true. */
  readonly location: { readonly longitude: number; readonly latitude: number } | null;
  readonly reportedAt: Iso;
  readonly dueAt: Iso | null;
  readonly closedAt: Iso | null;
  readonly outcome: Outcome;
  /** Texts about persons: to be sealed before they are recorded. */
  readonly description: string;
  readonly address: string;
  readonly remarks: readonly Remark[];
}

export interface Reject {
  /** Stable: `row.missing-id`, `row.unreadable-time`, `row.missing-time`, `row.unknown-type`, `row.unknown-status`, `row.closed-before-report`, `row.closed-without-time`, `row.unreadable`. */
  readonly code: string;
  readonly reason: string;
}

export type MappedRow = { readonly report: MappedReport } | { readonly reject: Reject };

type ForeignRow = Readonly<Record<string, string>>;

/** Stops the reading of one row; never leaves this file. */
class Rejected extends Error {
  constructor(readonly reject: Reject) {
    super(reject.reason);
  }
}

const rejectRow = (code: string, reason: string): never => {
  throw new Rejected({ code, reason });
};

const valueOf = (row: ForeignRow, column: string): string => (row[column] ?? '').trim();

const timeOf = ({ time }: ImportMapping, row: ForeignRow, column: string, remarks: Set<Remark>): Iso | null => {
  const text = valueOf(row, column);
  if (text === '') return null;
  const wall = time.read(text) ?? rejectRow('row.unreadable-time', `"${column}" is no time: "${text}"`);
  const { at, certainty } = time.toUtc(wall);
  if (certainty !== 'certain') remarks.add(`time-${certainty}`);
  return at;
};

const locationOf = ({ location }: ImportMapping, row: ForeignRow, remarks: Set<Remark>): MappedReport['location'] => {
  const texts = [valueOf(row, location.longitudeColumn), valueOf(row, location.latitudeColumn)];
  const [longitude, latitude] = texts.map(Number) as [number, number];
  const { west, south, east, north } = location.bounds;
  if (texts.includes('') || Number.isNaN(longitude) || Number.isNaN(latitude)) remarks.add('location-missing');
  else if (location.placeholders.some((point) => point.longitude === longitude && point.latitude === latitude)) remarks.add('location-placeholder');
  else if (longitude < west || longitude > east || latitude < south || latitude > north) remarks.add('location-outside-bounds');
  else return { longitude, latitude };
  return null;
};

const gridOf = ({ place }: ImportMapping, row: ForeignRow, remarks: Set<Remark>): string => {
  for (const column of place.columns) {
    const grid = place.grids.get(placeKey(column, valueOf(row, column)));
    if (grid !== undefined) return grid;
  }
  remarks.add('place-unknown');
  return place.otherwise;
};

const channelOf = ({ channel }: ImportMapping, row: ForeignRow, remarks: Set<Remark>): Channel => {
  const known = channel.values.get(valueOf(row, channel.column));
  if (known === undefined) remarks.add('channel-unknown');
  return known ?? channel.otherwise;
};

/** The times of a row after they were found to agree with each other and with the outcome. */
const timesOf = (mapping: ImportMapping, row: ForeignRow, outcome: Outcome, remarks: Set<Remark>): Pick<MappedReport, 'reportedAt' | 'dueAt' | 'closedAt'> => {
  const { reportedAtColumn, dueAtColumn, closedAtColumn } = mapping.time;
  const reportedAt = timeOf(mapping, row, reportedAtColumn, remarks) ?? rejectRow('row.missing-time', `"${reportedAtColumn}" is empty`);
  const dueAt = timeOf(mapping, row, dueAtColumn, remarks);
  const closedAt = timeOf(mapping, row, closedAtColumn, remarks);
  if (outcome === 'closed' && closedAt === null) rejectRow('row.closed-without-time', `it is closed, but "${closedAtColumn}" is empty`);
  if (outcome !== 'open' && closedAt !== null && fromIso(closedAt) < fromIso(reportedAt)) {
    rejectRow('row.closed-before-report', `it was closed at ${closedAt}, before it was reported at ${reportedAt}`);
  }
  const dueTooEarly = dueAt !== null && fromIso(dueAt) < fromIso(reportedAt);
  if (dueTooEarly) remarks.add('due-before-report-left-out');
  if (outcome === 'open' && closedAt !== null) remarks.add('closing-time-of-open-left-out');
  return { reportedAt, dueAt: dueTooEarly ? null : dueAt, closedAt: outcome === 'open' ? null : closedAt };
};

const joined = (row: ForeignRow, columns: readonly string[]): string =>
  columns.map((column) => valueOf(row, column)).filter((value) => value !== '').join(' · ');

const reportOf = (mapping: ImportMapping, row: ForeignRow): MappedReport => {
  const remarks = new Set<Remark>();
  const externalId = valueOf(row, mapping.externalIdColumn);
  if (externalId === '') rejectRow('row.missing-id', `"${mapping.externalIdColumn}" is empty`);
  const type = valueOf(row, mapping.type.column);
  const meaning = mapping.type.values.get(type) ?? rejectRow('row.unknown-type', `the mapping knows no type "${type}"`);
  const status = valueOf(row, mapping.outcome.column);
  const outcome = mapping.outcome.values.get(status) ?? rejectRow('row.unknown-status', `the mapping knows no status "${status}"`);
  const report = {
    externalId,
    channel: channelOf(mapping, row, remarks),
    ruleId: meaning.ruleId,
    closesOn: meaning.closesOn,
    gridCode: gridOf(mapping, row, remarks),
    location: locationOf(mapping, row, remarks),
    ...timesOf(mapping, row, outcome, remarks),
    outcome,
    description: joined(row, mapping.descriptionColumns),
    address: joined(row, mapping.addressColumns),
  };
  return { ...report, remarks: [...remarks] };
};

/** One row of somebody else's table becomes a report, or is rejected with a reason that can be counted. Pure. */
export const mapRow = (mapping: ImportMapping, row: ForeignRow): MappedRow => {
  try {
    return { report: reportOf(mapping, row) };
  } catch (error) {
    if (error instanceof Rejected) return { reject: error.reject };
    throw error;
  }
};

/**
 * Reads somebody else's table line by line through a mapping; lines that cannot be read come as rejects.
 * @throws Refusal `mapping.missing-column` naming the columns that the table lacks, `table.missing-file`, `table.unreadable-file`
 */
export async function* readReports(mapping: ImportMapping, path: string): AsyncGenerator<MappedRow & { readonly line: number }, void, void> {
  const present = await readColumns(path);
  const missing = mapping.columns.filter((column) => !present.includes(column));
  if (missing.length > 0) {
    throw new Refusal('mapping.missing-column', `the table lacks ${missing.map((column) => `"${column}"`).join(', ')}, which "${mapping.name}" reads`, { columns: missing });
  }
  for await (const read of readRows(path)) {
    if (isUnreadable(read)) yield { line: read.line, reject: { code: 'row.unreadable', reason: read.reason } };
    else yield { line: read.line, ...mapRow(mapping, read.row) };
  }
}
