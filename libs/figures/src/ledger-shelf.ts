import type { Pool } from 'pg';
import { incidentFacts } from '#events';
import type { EventStore, RecordedEvent } from '#kernel';
import { ledgerOf } from '#metrics';
import type { Ledger, LedgerBook, LedgerQuestion } from '#metrics';
import { asSent, orUnavailable, reachedBy } from '#postgres';
import { unpackLedger } from './packed-ledger.js';

/** Ledgers at a time: small enough that nobody else waits long while they are read. */
const page = 250;
const placeLevels = ['grid', 'community', 'street', 'district', 'city'] as const;
const filterColumns = ['grid', 'community', 'street', 'district', 'channel'] as const;

interface Where {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Rows that may have an entry in the period: what cuts them out has to hold for every position that the ledger ever had. */
const whereOf = ({ position, cohorts, from, before, places, filter }: LedgerQuestion, after: number): Where => {
  const values: unknown[] = [];
  const bound = (value: unknown): string => `$${values.push(value)}`;
  const parts = [`first_position > ${bound(after)}`, `first_position <= ${bound(position)}`];
  const only = (cohort: 'report' | 'filing'): boolean => cohorts.every((each) => each === cohort);
  const column = only('report') ? 'reported_at' : only('filing') ? 'filed_at' : null;
  if (from !== null) parts.push(`${column ?? 'latest_at'} >= ${bound(from)}`);
  if (before !== null) parts.push(`${column ?? 'reported_at'} < ${bound(before)}`);
  if (places !== null) {
    const codes = bound(places);
    parts.push(`(${placeLevels.map((level) => `${level} = any (${codes}::text[])`).join(' or ')})`);
  }
  for (const name of filterColumns) if (filter[name] !== undefined) parts.push(`${name} = ${bound(filter[name])}`);
  return { text: parts.join(' and '), values };
};

type Row = readonly [stream: string, firstPosition: string, lastPosition: string, ledger: string];

/** 台账簿(PostgreSQL) Ledgers as they stand, and for the past: those that went on since are folded again from their facts. */
export class LedgerShelf implements LedgerBook {
  constructor(
    private readonly pool: Pool,
    private readonly store: Pick<EventStore, 'readStreams'>,
  ) {}

  async position(): Promise<number> {
    const { rows } = await orUnavailable(() => this.pool.query<{ position: string }>(reachedBy('figures')));
    return Number(rows[0]?.position);
  }

  async *ledgers(question: LedgerQuestion): AsyncIterable<readonly Ledger[]> {
    for (let after = question.after ?? 0; ; ) {
      const { text, values } = whereOf(question, after);
      const sql = `select stream, first_position, last_position, case when last_position <= ${Math.trunc(question.position)} then ledger end from figures.ledger where ${text} order by first_position limit ${page}`;
      const { rows } = await orUnavailable(() => this.pool.query<Row & unknown[]>({ text: sql, values: [...values], rowMode: 'array', types: asSent }));
      if (rows.length > 0) yield await this.opened(rows, question.position);
      if (rows.length < page) return;
      after = Number(rows.at(-1)?.[1]);
    }
  }

  private async opened(rows: readonly (Row & unknown[])[], position: number): Promise<readonly Ledger[]> {
    const later = rows.filter(([, , lastPosition]) => Number(lastPosition) > position).map(([stream]) => stream);
    const facts = new Map<string, RecordedEvent[]>(later.map((stream) => [stream, []]));
    await this.store.readStreams(later, (event) => {
      if (event.position <= position) facts.get(event.stream)?.push(event);
    });
    return rows.flatMap(([stream, , lastPosition, text]): Ledger[] => {
      if (Number(lastPosition) <= position) return [unpackLedger(text)];
      const ledger = ledgerOf(incidentFacts(facts.get(stream) ?? []));
      return ledger ? [ledger] : [];
    });
  }
}
