import type { Row, UnreadableLine } from '#reference';

/** One record of a CSV file as the parser gives it. */
export interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** A line of a table: either its values by column, or why it cannot be read. */
export type ReadLine = { readonly line: number; readonly row: Readonly<Record<string, string>> } | UnreadableLine;

export const isUnreadable = (line: ReadLine): line is UnreadableLine => 'reason' in line;

/** Options for csv-parse that both ways of reading share: faults come one by one and stop nothing. */
export const parserOptions = {
  bom: true,
  info: true,
  relax_column_count: true,
  skip_empty_lines: true,
  skip_records_with_error: true,
} as const;

/** What csv-parse says about a record that it had to skip. */
export const skippedLine = (error: { readonly message: string; readonly lines?: unknown } | undefined): UnreadableLine => ({
  line: typeof error?.lines === 'number' ? error.lines : 0,
  reason: error?.message ?? 'it is no CSV',
});

/** The character that stands for bytes that are no UTF-8. */
const replacement = '\uFFFD';

/** Names the values of a record; its line is the one on which it starts, though quoted values may reach over several. */
export const nameValues = (columns: readonly string[], { record, info }: ParsedRecord): ReadLine => {
  const line = info.lines - record.reduce((sum, value) => sum + (value.match(/\r\n|\n|\r/gu)?.length ?? 0), 0);
  if (record.length !== columns.length) return { line, reason: `it has ${record.length} values where the heading has ${columns.length}` };
  if (record.some((value) => value.includes(replacement))) return { line, reason: 'it is not written in UTF-8' };
  return { line, row: Object.fromEntries(columns.map((column, index) => [column, record[index] ?? ''])) };
};

export const asRow = ({ line, row }: Exclude<ReadLine, UnreadableLine>, read: (value: string) => string): Row => ({
  line,
  values: Object.fromEntries(Object.entries(row).map(([column, value]) => [column, read(value)])),
});
