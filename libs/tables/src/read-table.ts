import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip, gunzipSync } from 'node:zlib';
import { parse as parseStream } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { Refusal } from '#kernel';
import type { JsonFile, Row, Table, UnreadableLine } from '#reference';
import { unguardFormula } from './formula.js';
import { asRow, isUnreadable, nameValues, parserOptions, skippedLine } from './line.js';
import type { ParsedRecord, ReadLine } from './line.js';

const isGzip = (path: string): boolean => path.endsWith('.gz');

const unreadableFile = (path: string, error: unknown): Refusal => {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  const file = basename(path);
  return missing
    ? new Refusal('table.missing-file', `there is no file "${file}"`, { file })
    : new Refusal('table.unreadable-file', `the file "${file}" cannot be read: ${(error as Error).message}`, { file });
};

const readText = async (path: string): Promise<string> => {
  try {
    const bytes = await readFile(path);
    return (isGzip(path) ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw unreadableFile(path, error);
  }
};

const headingOf = (record: readonly string[]): readonly string[] => record.map((column) => column.trim());

/** Spreadsheets part by tabs what they call text; a heading of ours holds neither. */
const delimiterOf = (text: string): string => (/^[^\r\n,]*\t/u.test(text) ? '\t' : ',');

/** Takes the text of one of our own CSV tables apart; `file` is the name by which problems will call it. Never throws: lines that cannot be read are listed. */
export const parseTable = (file: string, text: string): Table => {
  const unreadable: UnreadableLine[] = [];
  const records = parse(text, {
    ...parserOptions,
    delimiter: delimiterOf(text),
    on_skip: (error) => {
      unreadable.push(skippedLine(error));
      return undefined;
    },
  }) as unknown as readonly ParsedRecord[];
  const [heading, ...body] = records;
  const columns = headingOf(heading?.record ?? []);
  const rows: Row[] = [];
  for (const record of body) {
    const line = nameValues(columns, record);
    if (isUnreadable(line)) unreadable.push(line);
    else rows.push(asRow(line, unguardFormula));
  }
  return { file, columns, rows, unreadable };
};

/**
 * Reads one of our own CSV tables, packed (`.gz`) or not, with or without a byte order mark.
 * @throws Refusal `table.missing-file`, `table.unreadable-file`
 */
export const readTable = async (path: string): Promise<Table> => parseTable(basename(path), await readText(path));

/**
 * Understands a text that holds one JSON value.
 * @throws Refusal `table.unreadable-file`
 */
export const parseJson = (file: string, text: string): JsonFile => {
  try {
    return { file, value: JSON.parse(text.replace(/^\uFEFF/u, '')) as unknown };
  } catch (error) {
    throw unreadableFile(file, error);
  }
};

/**
 * Reads a file that holds one JSON value.
 * @throws Refusal `table.missing-file`, `table.unreadable-file`
 */
export const readJson = async (path: string): Promise<JsonFile> => parseJson(basename(path), await readText(path));

/**
 * Reads the lines of a large CSV table of somebody else one by one, packed (`.gz`) or not, as they stand there. Lines that cannot be
 * read come as such, in their turn, and stop nothing.
 * @throws Refusal `table.missing-file`, `table.unreadable-file` (a file that breaks off in the middle)
 */
export async function* readRows(path: string): AsyncGenerator<ReadLine, void, void> {
  const skipped: UnreadableLine[] = [];
  const parser = parseStream({
    ...parserOptions,
    on_skip: (error) => {
      skipped.push(skippedLine(error));
      return undefined;
    },
  });
  const whenDone = (): void => {
    // An error reaches the reader through the parser, which the pipeline destroys with it.
  };
  if (isGzip(path)) pipeline(createReadStream(path), createGunzip(), parser, whenDone);
  else pipeline(createReadStream(path), parser, whenDone);
  let columns: readonly string[] | null = null;
  try {
    for await (const parsed of parser as AsyncIterable<ParsedRecord>) {
      yield* skipped.splice(0);
      if (columns === null) columns = headingOf(parsed.record);
      else yield nameValues(columns, parsed);
    }
  } catch (error) {
    throw unreadableFile(path, error);
  }
  yield* skipped.splice(0);
}

/** The heading of a CSV table; empty for an empty file. Refuses like `readRows`. */
export const readColumns = async (path: string): Promise<readonly string[]> => {
  const source = createReadStream(path);
  const parser = parseStream({ ...parserOptions, to: 1 });
  const whenDone = (): void => {
    // See `readRows`.
  };
  if (isGzip(path)) pipeline(source, createGunzip(), parser, whenDone);
  else pipeline(source, parser, whenDone);
  try {
    for await (const { record } of parser as AsyncIterable<ParsedRecord>) return headingOf(record);
  } catch (error) {
    throw unreadableFile(path, error);
  } finally {
    source.destroy();
  }
  return [];
};
