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

/** Reads what belongs to a version out of what was chosen; a whole folder may be chosen. */
export const readChosen = async (files: Iterable<File>): Promise<readonly ChosenFile[]> => {
  const wanted = [...files].filter(({ name }) => /\.(csv|tsv|txt|json)$/i.test(name) && neededFiles.some((needed) => stemOf(needed) === stemOf(name)));
  return Promise.all(wanted.map(async (file) => ({ name: file.name, text: textOf(new Uint8Array(await file.arrayBuffer())) })));
};

export const missingIn = (files: readonly ChosenFile[]): readonly string[] => neededFiles.filter((needed) => !files.some(({ name }) => stemOf(name) === stemOf(needed)));
