/** One line of a table: values by column name, not yet understood. `line` counts from 1, the heading included. */
export interface Row {
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** A line that could not be taken apart into values at all. */
export interface UnreadableLine {
  readonly line: number;
  readonly reason: string;
}

/** 表 A table as it was read from a file, before anybody has asked what it means. */
export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly unreadable?: readonly UnreadableLine[];
}

/** A file that holds one JSON value. */
export interface JsonFile {
  readonly file: string;
  readonly value: unknown;
}

/** What is wrong with a file, precise enough that whoever wrote it finds the place. */
export interface Problem {
  readonly file: string;
  /** Null where the file as a whole is meant, and for JSON, whose places are named by `field`. */
  readonly line: number | null;
  /** Column of a table, or path such as `limits.street.accept` in JSON. */
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

/** Collects problems, so that one reading of the files names all of them. */
export class Findings {
  readonly problems: Problem[] = [];

  add(file: string, line: number | null, field: string | null, code: string, message: string): void {
    this.problems.push({ file, line, field, code, message });
  }
}

/** Any table may carry a column of this name for people; the engine does not read it. */
const remarkColumn = 'note';

/** One line under way to being understood: gives values by column and reports what is wrong with them. */
export class Entry {
  constructor(
    private readonly findings: Findings,
    private readonly file: string,
    private readonly row: Row,
  ) {}

  get line(): number {
    return this.row.line;
  }

  optional(column: string): string {
    return (this.row.values[column] ?? '').trim();
  }

  text(column: string): string {
    const value = this.optional(column);
    if (value === '') this.problem(column, 'reference.missing-value', `"${column}" is empty`);
    return value;
  }

  /** A code: not empty and without blanks, since people copy codes by hand and blanks get lost. */
  code(column: string): string {
    const value = this.text(column);
    if (/\s/u.test(value)) this.problem(column, 'reference.unreadable-code', `the code "${value}" contains a blank`);
    return value;
  }

  oneOf<Choice extends string>(column: string, choices: readonly Choice[], code: string): Choice | null {
    const value = this.text(column);
    const choice = choices.find((known) => known === value);
    if (choice === undefined && value !== '') this.problem(column, code, `"${value}" is none of ${choices.join(', ')}`);
    return choice ?? null;
  }

  flag(column: string): boolean {
    const value = this.text(column);
    if (value !== '' && value !== 'true' && value !== 'false') {
      this.problem(column, 'reference.unreadable-flag', `"${value}" is neither true nor false`);
    }
    return value === 'true';
  }

  /** A decimal number, or null for an empty value. */
  decimal(column: string): number | null {
    const value = this.optional(column);
    if (value === '') return null;
    if (/^-?\d+(\.\d+)?$/u.test(value)) return Number(value);
    this.problem(column, 'reference.unreadable-number', `"${value}" is not a decimal number`);
    return null;
  }

  problem(column: string, code: string, message: string): void {
    this.findings.add(this.file, this.row.line, column, code, message);
  }
}

/** The lines of a table, after its heading was found to have every column it needs and none that nobody reads. */
export const entriesOf = (findings: Findings, table: Table, columns: readonly string[], optionalColumns: readonly string[] = []): readonly Entry[] => {
  for (const { line, reason } of table.unreadable ?? []) {
    findings.add(table.file, line, null, 'reference.unreadable-line', `this line cannot be read: ${reason}`);
  }
  const missing = columns.filter((column) => !table.columns.includes(column));
  for (const column of missing) findings.add(table.file, 1, column, 'reference.missing-column', `the column "${column}" is missing`);
  table.columns.forEach((column, index) => {
    if (table.columns.indexOf(column) !== index) {
      findings.add(table.file, 1, column, 'reference.duplicate-column', `the column "${column}" stands there twice`);
    } else if (![...columns, ...optionalColumns, remarkColumn].includes(column)) {
      findings.add(table.file, 1, column, 'reference.unknown-column', `nobody reads a column "${column}"; remarks belong in "${remarkColumn}"`);
    }
  });
  return missing.length > 0 ? [] : table.rows.map((row) => new Entry(findings, table.file, row));
};

/** Keeps the first of every key and reports the others under `column`. */
export const withoutDuplicates = <Value>(
  pairs: readonly (readonly [Entry, Value])[],
  column: string,
  keyOf: (value: Value) => string,
  code = 'reference.duplicate-code',
): readonly (readonly [Entry, Value])[] => {
  const firstLines = new Map<string, number>();
  return pairs.filter(([entry, value]) => {
    const key = keyOf(value);
    const first = firstLines.get(key);
    if (first !== undefined) entry.problem(column, code, `"${key}" already stands in line ${first}`);
    else firstLines.set(key, entry.line);
    return first === undefined;
  });
};
