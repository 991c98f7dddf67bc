import type { Row, RowName } from './rows.js';

/** What one group of measurements has to work with. */
export interface Group {
  /** Address of an empty database on a server that nobody else uses. */
  readonly databaseUrl: string;
  /** A folder that goes away when everything is over. */
  readonly folder: string;
  readonly wanted: ReadonlySet<RowName>;
  readonly say: (row: Row) => void;
}

export const notice = (sentence: string, error?: unknown): void => void process.stderr.write(`${sentence}${error instanceof Error ? `: ${error.message}` : ''}\n`);
