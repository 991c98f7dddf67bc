import { basename, join } from 'node:path';
import { Refusal } from '#kernel';
import { assembleReference, assembleUsers } from '#reference';
import type { JsonFile, ListedUser, Problem, Reference, Table } from '#reference';
import { parseJson, parseTable, readJson, readTable } from './read-table.js';

/** The files of a reference folder by what they hold. */
export const referenceFiles = {
  city: 'city.json',
  places: 'places.csv',
  units: 'units.csv',
  catalogue: 'catalogue.csv',
  duties: 'duties.csv',
  policy: 'policy.json',
  calendar: 'calendar.json',
} as const;

const usersFile = 'users.csv';

export interface ReferenceCheck {
  /** Null while there are problems. */
  readonly reference: Reference | null;
  readonly problems: readonly Problem[];
}

/** Turns a file that cannot be read into a problem like every other. */
const attempt = async <File>(reading: Promise<File>, file: string, problems: Problem[]): Promise<File | null> => {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push({ file, line: null, field: null, code: error.code, message: error.message });
    return null;
  }
};

/** Reads and checks a reference folder and names every problem there is; throws only for defects. */
export const checkReferenceFolder = async (folder: string): Promise<ReferenceCheck> => {
  const missing: Problem[] = [];
  const table = (file: string): Promise<Table | null> => attempt(readTable(join(folder, file)), file, missing);
  const json = (file: string): Promise<JsonFile | null> => attempt(readJson(join(folder, file)), file, missing);
  const [places, units, catalogue, duties, city, policy, calendar] = await Promise.all([
    table(referenceFiles.places), table(referenceFiles.units), table(referenceFiles.catalogue), table(referenceFiles.duties),
    json(referenceFiles.city), json(referenceFiles.policy), json(referenceFiles.calendar),
  ]);
  if (!places || !units || !catalogue || !duties || !city || !policy || !calendar) return { reference: null, problems: missing };
  return assembleReference({ places, units, catalogue, duties, city, policy, calendar });
};

/** A problem as a person reads it: `units.csv:12 [place] there is no place "X" (reference.unknown-place)`. */
export const describeProblem = ({ file, line, field, code, message }: Problem): string =>
  `${file}${line === null ? '' : `:${line}`}${field === null ? '' : ` [${field}]`} ${message} (${code})`;

/** What a file is called without its ending, so that a table may come as `places.csv` or as the `places.txt` of a spreadsheet. */
const stemOf = (name: string): string => basename(name).replace(/\.[^.]*$/u, '').toLowerCase();

/**
 * Checks the files of a reference folder that somebody sends instead of keeping them here; others that are sent along are not read.
 * Tables may be parted by commas or tabs. Throws only for defects.
 */
const checkReferenceFiles = (files: readonly { readonly name: string; readonly text: string }[]): ReferenceCheck => {
  const problems: Problem[] = [];
  const sent = (file: string): { readonly name: string; readonly text: string } | null => {
    const found = files.filter(({ name }) => stemOf(name) === stemOf(file));
    if (found.length > 1) problems.push({ file, line: null, field: null, code: 'table.sent-twice', message: `the file "${file}" was sent more than once` });
    if (found.length === 0) problems.push({ file, line: null, field: null, code: 'table.missing-file', message: `there is no file "${file}"` });
    return found[0] ?? null;
  };
  const table = (file: string): Table | null => {
    const given = sent(file);
    return given && parseTable(given.name, given.text);
  };
  const json = (file: string): JsonFile | null => {
    const given = sent(file);
    try {
      return given && parseJson(given.name, given.text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push({ file, line: null, field: null, code: error.code, message: error.message });
      return null;
    }
  };
  const [places, units, catalogue, duties] = [table(referenceFiles.places), table(referenceFiles.units), table(referenceFiles.catalogue), table(referenceFiles.duties)];
  const [city, policy, calendar] = [json(referenceFiles.city), json(referenceFiles.policy), json(referenceFiles.calendar)];
  if (problems.length > 0 || !places || !units || !catalogue || !duties || !city || !policy || !calendar) return { reference: null, problems };
  return assembleReference({ places, units, catalogue, duties, city, policy, calendar });
};

const refuseProblems = (what: string, problems: readonly Problem[]): never => {
  const first = problems.slice(0, 5).map(describeProblem).join('; ');
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  throw new Refusal('reference.invalid', `${what} cannot be used: ${first}${more}`, { problems });
};

/**
 * 底数 Reads a reference folder.
 * @throws Refusal `reference.invalid` with `details.problems`, when anything at all is wrong with it
 */
export const loadReferenceFolder = async (folder: string): Promise<Reference> => {
  const { reference, problems } = await checkReferenceFolder(folder);
  return reference ?? refuseProblems('the reference data', problems);
};

/**
 * 底数 The same of files that are sent.
 * @throws Refusal `reference.invalid` with `details.problems`
 */
export const readReferenceFiles = (files: readonly { readonly name: string; readonly text: string }[]): Reference => {
  const { reference, problems } = checkReferenceFiles(files);
  return reference ?? refuseProblems('the reference data', problems);
};

/**
 * 用户 Reads the list of users of a reference folder.
 * @throws Refusal `table.missing-file`, `reference.invalid` with `details.problems`
 */
export const loadUsers = async (folder: string, reference: Reference): Promise<readonly ListedUser[]> => {
  const { users, problems } = assembleUsers(await readTable(join(folder, usersFile)), reference);
  return problems.length === 0 ? users : refuseProblems('the list of users', problems);
};
