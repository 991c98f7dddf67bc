import { Inject, Injectable } from '@nestjs/common';
import { maskTelephone, readsTexts, seesTelephone } from '#identity';
import type { Account } from '#identity';
import type { Sealed } from '#kernel';
import { Sealer } from '#sealing';
import type { SealedField, SealedText } from '#sealing';
import { delayMinutes } from '#views';
import type { IncidentRow, TimelineRow } from '#views';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';

/** Shown in place of a text whose key was erased. */
const erased = '已删除';

export interface ShownReporter {
  readonly name: string;
  readonly telephone: string | null;
}

type Shown = Omit<IncidentRow, 'reporter' | 'description' | 'address'> & { readonly description: string | null; readonly address: string | null; readonly delayMinutes: number | null };

const isSealed = (value: unknown): value is Sealed =>
  typeof value === 'object' && value !== null && typeof (value as Sealed).keyId === 'string' && typeof (value as Sealed).sealed === 'string';

const fields: readonly string[] = ['reporter', 'description', 'address', 'note'] satisfies readonly SealedField[];

/**
 * 读者 What a person may read of what persons wrote. People at work on the street read texts; analysts and auditors get none. Telephones
 * are masked for everybody but those who are working on the incident now (see `seesTelephone`).
 */
@Injectable()
export class Reader {
  private readonly sealer: Sealer;

  constructor(@Inject(PORTS) ports: ApiPorts) {
    this.sealer = new Sealer(ports.vault, ports.secret);
  }

  /** Rows of a list: description and address, never who reported. All keys of a page are fetched in one go. */
  async rows(rows: readonly IncidentRow[], account: Account): Promise<readonly Shown[]> {
    const texts = readsTexts(account.role) ? rows.flatMap((row) => sealedOf(row, ['description', 'address'])) : [];
    const opened = await this.opened(texts);
    return rows.map((row) => shown(row, readsTexts(account.role), opened));
  }

  /** @param past whether the row is how it stood once: then nobody works on it now, and no telephone is shown */
  async row(row: IncidentRow, account: Account, past = false): Promise<Shown & { readonly reporter: ShownReporter | null }> {
    const reads = readsTexts(account.role);
    const opened = await this.opened(reads ? sealedOf(row, ['description', 'address', 'reporter']) : []);
    return { ...shown(row, reads, opened), reporter: reads ? reporterIn(textOf(row.reporter, opened), !past && seesTelephone(account, row)) : null };
  }

  /** The facts of one incident with their notes opened, or left out for those who may not read them. */
  async timeline(row: IncidentRow, facts: readonly TimelineRow[], account: Account, past = false): Promise<readonly (TimelineRow & { readonly delayMinutes: number | null })[]> {
    const reads = readsTexts(account.role);
    const found: SealedText[] = [];
    for (const { data } of facts) collect(data, '', row.incidentId, found);
    const opened = await this.opened(reads ? found : []);
    const full = !past && seesTelephone(account, row);
    const show = (value: unknown, key: string): unknown => {
      if (isSealed(value)) {
        if (!reads) return null;
        return key === 'reporter' ? reporterIn(textOf(value, opened), full) : textOf(value, opened);
      }
      if (Array.isArray(value)) return value.map((each) => show(each, key));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, show(part, name)]));
    };
    return facts.map((fact) => ({ ...fact, delayMinutes: delayMinutes(fact.happenedAt, fact.recordedAt), data: show(fact.data, '') as TimelineRow['data'] }));
  }

  private async opened(texts: readonly SealedText[]): Promise<ReadonlyMap<string, string>> {
    const plain = await this.sealer.open(texts);
    return new Map(texts.map(({ text }, index) => [text.sealed, plain[index] ?? erased]));
  }
}

const sealedOf = (row: IncidentRow, wanted: readonly ('description' | 'address' | 'reporter')[]): SealedText[] =>
  wanted.flatMap((field) => {
    const text = row[field];
    return text === null ? [] : [{ incidentId: row.incidentId, field, text }];
  });

const textOf = (text: Sealed | null, opened: ReadonlyMap<string, string>): string | null => (text === null ? null : (opened.get(text.sealed) ?? erased));

const shown = ({ reporter: _reporter, description, address, ...row }: IncidentRow, reads: boolean, opened: ReadonlyMap<string, string>): Shown => ({
  ...row,
  delayMinutes: delayMinutes(row.happenedAt, row.reportedAt),
  description: reads ? textOf(description, opened) : null,
  address: reads ? textOf(address, opened) : null,
});

const reporterIn = (text: string | null, full: boolean): ShownReporter | null => {
  if (text === null) return null;
  if (text === erased) return { name: erased, telephone: null };
  const { name, telephone } = JSON.parse(text) as { name: string; telephone?: string };
  return { name, telephone: telephone === undefined ? null : full ? telephone : maskTelephone(telephone) };
};

const collect = (value: unknown, key: string, incidentId: string, found: SealedText[]): void => {
  if (isSealed(value)) {
    if (fields.includes(key)) found.push({ incidentId, field: key as SealedField, text: value });
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) collect(part, Array.isArray(value) ? key : name, incidentId, found);
};
