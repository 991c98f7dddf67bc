/** Names of the rows, in the order in which they are measured. */
export const rowNames = [
  'append-1', 'append-32', 'append-256', 'command-path', 'http-report', 'views-rebuild', 'deadlines-100k', 'memory-100k', 'real-input-10k', 'metrics-incremental', 'evidence-append', 'verify-1m',
  'as-of-incident', 'as-of-board', 'kafka-out', 'kafka-reports-in', 'kafka-readings-in',
  'workers-2', 'workers-4', 'doors-2', 'doors-4', 'lag-2-workers', 'take-over',
] as const;
export type RowName = (typeof rowNames)[number];

/** What is measured together, in a process of its own. */
export type GroupName = 'appends' | 'http' | 'views' | 'deadlines' | 'real-input' | 'figures' | 'figures-evidence' | 'figures-verify' | 'kafka' | 'scale';

/** One measured figure beside its yardstick of the same run. Null where something could not be measured; `also` says why. */
export interface Row {
  readonly name: RowName;
  readonly value: number | null;
  readonly unit: string;
  readonly yardstick: number | null;
  /** `value` by `yardstick`, in the units of both. */
  readonly ratio: number | null;
  /** What else was seen while measuring. */
  readonly also?: Readonly<Record<string, number | string>>;
}

interface RowPlan {
  readonly group: GroupName;
  /** Another word by which the row can be asked for. */
  readonly theme?: string;
  /** What is measured, and against what. */
  readonly title: string;
  readonly against: string;
  readonly target: string;
  readonly reached: (row: Row) => boolean;
}

const ratioOf = ({ ratio }: Row): number => ratio ?? Number.NaN;

export const plans: Readonly<Record<RowName, RowPlan>> = {
  'append-1': { group: 'appends', title: 'append, one after the other', against: 'bare insert of a row', target: '<= 1.6 x', reached: (row) => ratioOf(row) <= 1.6 },
  'append-32': { group: 'appends', title: 'append, 32 at once', against: 'emmett-postgresql at its best', target: '>= 5 x', reached: (row) => ratioOf(row) >= 5 },
  'append-256': { group: 'appends', title: 'append, 256 at once', against: 'emmett-postgresql at its best', target: '>= 8 x', reached: (row) => ratioOf(row) >= 8 },
  'command-path': { group: 'appends', title: 'command, decide, append; 256 at once', against: 'append-256', target: '>= 0.6 x', reached: (row) => ratioOf(row) >= 0.6 },
  'http-report': { group: 'http', title: 'POST /api/incidents, 64 connections', against: 'a validated POST that does nothing', target: '>= 0.45 x', reached: (row) => ratioOf(row) >= 0.45 },
  'views-rebuild': { group: 'views', title: 'rebuild of the views from 1,000,000 facts', against: 'merely reading them', target: '>= 0.25 x', reached: (row) => ratioOf(row) >= 0.25 },
  'deadlines-100k': {
    group: 'deadlines', title: '100,000 limits due in one minute, breached and climbed', against: 'the limit for it', target: '<= 20 s, p99 <= 250 ms',
    reached: (row) => ratioOf(row) <= 1 && Number(row.also?.['p99Ms'] ?? Number.NaN) <= 250,
  },
  'memory-100k': { group: 'deadlines', title: 'resident memory, 100,000 open incidents', against: 'the limit for it', target: '<= 500 MB', reached: (row) => ratioOf(row) <= 1 },
  'real-input-10k': { group: 'real-input', title: 'import and play of a real table of 10,000 reports', against: 'the limit for it', target: '<= 60 s', reached: (row) => ratioOf(row) <= 1 },
  'metrics-incremental': { group: 'figures', title: 'ledgers of the figures kept from 300,000 facts', against: 'merely reading them', target: '>= 0.25 x', reached: (row) => ratioOf(row) >= 0.25 },
  'evidence-append': { group: 'figures-evidence', title: 'append, 256 at once, both trees growing and signed', against: 'append without evidence', target: '>= 0.8 x', reached: (row) => ratioOf(row) >= 0.8 },
  'verify-1m': { group: 'figures-verify', title: 'verification of an export of 1,000,000 facts, one thread', against: 'the limit for it', target: '<= 15 s', reached: (row) => ratioOf(row) <= 1 },
  'as-of-incident': { group: 'views', theme: 'figures', title: 'one incident as of any moment of 1,000,000 facts, p99', against: 'the limit for it', target: '<= 50 ms', reached: (row) => ratioOf(row) <= 1 },
  'as-of-board': { group: 'views', theme: 'figures', title: "a street's whole board as of any moment of 1,000,000 facts, the slowest", against: 'the limit for it', target: '<= 1 s', reached: (row) => ratioOf(row) <= 1 },
  'workers-2': { group: 'scale', title: 'reports through all durable processes, two workers', against: 'one worker', target: '-', reached: (row) => row.value !== null },
  'workers-4': { group: 'scale', title: 'reports through all durable processes, four workers', against: 'one worker', target: '-', reached: (row) => row.value !== null },
  'doors-2': { group: 'scale', title: 'POST /api/incidents, two doors', against: 'one door', target: '-', reached: (row) => row.value !== null },
  'doors-4': { group: 'scale', title: 'POST /api/incidents, four doors', against: 'one door', target: '-', reached: (row) => row.value !== null },
  'lag-2-workers': { group: 'scale', title: 'from a report until the views have it, p99, two workers', against: 'a second', target: '<= 1 x', reached: (row) => ratioOf(row) <= 1 },
  'take-over': { group: 'scale', title: 'until a killed worker is replaced, the slowest', against: 'the limit for it', target: '<= 10 s', reached: (row) => ratioOf(row) <= 1 },
  'kafka-out': { group: 'kafka', title: 'facts out of the log into Kafka', against: 'kafkajs sending the same records', target: '-', reached: (row) => row.value !== null },
  'kafka-reports-in': { group: 'kafka', title: 'signed reports from Kafka, decided and recorded', against: 'kafkajs reading the same records', target: '-', reached: (row) => row.value !== null },
  'kafka-readings-in': { group: 'kafka', title: 'readings of sensors from Kafka, ten to a record, judged and kept', against: 'kafkajs reading the same records', target: '-', reached: (row) => row.value !== null },
};

const rounded = (value: number): number => Number(value.toPrecision(4));

/** A row with its ratio reckoned. */
export const rowOf = (name: RowName, value: number, unit: string, yardstick: number, also?: Row['also']): Row => ({
  name, value: rounded(value), unit, yardstick: rounded(yardstick), ratio: rounded(value / yardstick), ...(also ? { also } : {}),
});

export const leftOut = (name: RowName, unit: string, yardstick: number | null, why: string): Row => ({ name, value: null, unit, yardstick, ratio: null, also: { leftOut: why } });

const shown = (value: number | null): string => (value === null ? '-' : value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 }));
const widths = [19, 12, 10, 12, 9, 24] as const;
const line = (cells: readonly string[], last: string): string =>
  [...cells.map((cell, index) => (index === 0 || index === 2 ? cell.padEnd(widths[index] ?? 0) : index === 5 ? cell.padEnd(widths[5]) : cell.padStart(widths[index] ?? 0))), last].join('  ').trimEnd();

export const tableHead = (): string => `${line(['row', 'value', 'unit', 'yardstick', 'ratio', 'to reach'], '')}\n${'-'.repeat(110)}`;

export const tableLine = (row: Row): string => {
  const { title, against, target, reached } = plans[row.name];
  const verdict = row.value === null ? 'left out' : reached(row) ? `reached ${target}` : `MISSED ${target}`;
  const figures = line([row.name, shown(row.value), row.unit, shown(row.yardstick), row.ratio === null ? '-' : `${shown(row.ratio)} x`, verdict], `${title}, against ${against}`);
  const also = Object.entries(row.also ?? {}).map(([name, value]) => `${name} ${typeof value === 'number' ? shown(value) : value}`);
  return also.length === 0 ? figures : `${figures}\n${' '.repeat(21)}${also.join(' · ')}`;
};
