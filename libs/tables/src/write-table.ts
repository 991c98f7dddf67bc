import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { guardFormula } from './formula.js';

export interface TableLayout {
  /** Byte order mark and CRLF, without which Excel reads Chinese as something else. */
  readonly forExcel?: boolean;
}

const quoted = (value: string): string => (/[",\r\n]|^\s|\s$/u.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** The text of a CSV table. A value that a spreadsheet would run as a formula gets an apostrophe in front. */
export const formatTable = (columns: readonly string[], rows: readonly Readonly<Record<string, string>>[], { forExcel = false }: TableLayout = {}): string => {
  const end = forExcel ? '\r\n' : '\n';
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))];
  return `${forExcel ? '\uFEFF' : ''}${lines.map((values) => values.map((value) => quoted(guardFormula(value))).join(',')).join(end)}${end}`;
};

/** Writes a file whole or not at all, since another process may read it at any moment. */
export const writeWhole = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${randomUUID()}.part`;
  await writeFile(part, text, 'utf8');
  await rename(part, path);
};

export const writeTable = (path: string, columns: readonly string[], rows: readonly Readonly<Record<string, string>>[], layout: TableLayout = {}): Promise<void> =>
  writeWhole(path, formatTable(columns, rows, layout));
