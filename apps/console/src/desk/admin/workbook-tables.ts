/** What a cell holds, as the reader gives it. */
type Cell = unknown;

interface Sheet {
  readonly name: string;
  readonly rows: readonly (readonly Cell[])[];
}

/** Null where the file is no workbook that can be read. */
export type SheetsRead = readonly Sheet[] | null;

export interface TableText {
  readonly name: string;
  readonly text: string;
}

/** Sheets are known by the name of their table, or by what the pages call it. */
const tables: Readonly<Record<string, readonly string[]>> = { places: ['地点'], units: ['责任单位'], catalogue: ['事件清单'], duties: ['权责清单'] };

const textOf = (cell: Cell): string => (cell === null || cell === undefined ? '' : cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell));
const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const lengthOf = (texts: readonly string[]): number => texts.findLastIndex((text) => text !== '') + 1;

/** A sheet as the text of a table: without the empty columns and rows that a sheet has behind its last word. */
const csvOf = ({ rows }: Sheet): string => {
  const lines = rows.map((row) => row.map(textOf));
  const width = lengthOf(lines[0] ?? []);
  const last = lines.findLastIndex((line) => lengthOf(line) > 0);
  return lines.slice(0, last + 1).map((line) => `${Array.from({ length: lengthOf(line) === 0 ? 0 : Math.max(width, lengthOf(line)) }, (_none, index) => quoted(line[index] ?? '')).join(',')}\n`).join('');
};

/** The tables that a workbook holds: one to a sheet, or the one that the file is named after in its first sheet. */
export const tablesOf = (fileName: string, sheets: readonly Sheet[]): readonly TableText[] => {
  const found = Object.entries(tables).flatMap(([table, names]) => sheets.filter(({ name }) => [table, ...names].includes(name.trim().toLowerCase())).map((sheet) => ({ name: `${table}.csv`, text: csvOf(sheet) })));
  const [stem = ''] = fileName.toLowerCase().split('.');
  const [first] = sheets;
  return found.length === 0 && first && Object.hasOwn(tables, stem) ? [{ name: `${stem}.csv`, text: csvOf(first) }] : found;
};
