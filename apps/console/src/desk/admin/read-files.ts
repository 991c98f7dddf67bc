import { readWorkbook } from './workbook.js';

/** The files that make up a version; the stem decides, so that a table may come as `places.csv`, `places.tsv` or `places.txt`. */
export const neededFiles = ['city.json', 'places.csv', 'units.csv', 'catalogue.csv', 'duties.csv', 'policy.json', 'calendar.json'] as const;

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '').toLowerCase();

/** Spreadsheets write UTF-8, UTF-16 with a mark, or what Chinese Windows has always written. */
export const textOf = (bytes: Uint8Array): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
};

export interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

/** A file that is no workbook although its name says so. */
export class UnreadableWorkbook extends Error {
  constructor(readonly file: string) {
    super(`${file} cannot be read as a workbook.`);
  }
}

const tablesIn = async (workbook: File): Promise<readonly ChosenFile[]> => {
  const found = await readWorkbook(workbook);
  if (!found) throw new UnreadableWorkbook(workbook.name);
  return found;
};

/** Reads what belongs to a version out of what was chosen; a whole folder may be chosen. Fails with `UnreadableWorkbook`. */
export const readChosen = async (files: Iterable<File>): Promise<readonly ChosenFile[]> => {
  const chosen = [...files];
  const workbooks = await Promise.all(chosen.filter(({ name }) => /^[^~].*\.xlsx$/i.test(name)).map(tablesIn));
  const wanted = chosen.filter(({ name }) => /\.(csv|tsv|txt|json)$/i.test(name) && neededFiles.some((needed) => stemOf(needed) === stemOf(name)));
  const texts = await Promise.all(wanted.map(async (file) => ({ name: file.name, text: textOf(new Uint8Array(await file.arrayBuffer())) })));
  return [...workbooks.flat(), ...texts];
};

export const missingIn = (files: readonly ChosenFile[]): readonly string[] => neededFiles.filter((needed) => !files.some(({ name }) => stemOf(name) === stemOf(needed)));
