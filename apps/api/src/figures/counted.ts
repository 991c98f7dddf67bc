import type { Asked } from '#figures';
import { minute, Refusal, toIso } from '#kernel';
import { countedIn, groupOf } from '#metrics';
import type { Entry, Ledger, LedgerBook, Metric } from '#metrics';
import type { CountedAddress } from './addresses.js';

const limitUsual = 50;
/** What belongs to no group, as an address says it. */
const noGroup = 'none';
const cursorPattern = /^(\d{1,15})\.(\d{1,6})$/;

/** Place in a list: position of the incident's first fact, and how many of its entries were shown. */
interface Place {
  readonly first: number;
  readonly shown: number;
}

const placeIn = (cursor: string | undefined): Place => {
  if (cursor === undefined) return { first: 1, shown: 0 };
  const [, first, shown] = cursorPattern.exec(cursor) ?? [];
  if (first === undefined || shown === undefined || Number(first) < 1) throw new Refusal('query.cursor-unreadable', 'This is not a cursor of this list; ask for its first page again.');
  return { first: Number(first), shown: Number(shown) };
};

const valueOf = ({ kind }: Metric, { value, accountableValue = value }: Entry, reading: CountedAddress['reading']): number => {
  const said = reading === 'accountable' ? accountableValue : value;
  return kind === 'durations' ? Math.round((said * 10) / minute) / 10 : kind === 'weighted' ? said / 10 : said;
};

const shownItem = (metric: Metric, { incidentId }: Ledger, entry: Entry, reading: CountedAddress['reading']) => ({
  incidentId, at: toIso(entry.at), loop: entry.loop, rung: entry.rung, unit: entry.unit, value: valueOf(metric, entry, reading), exempt: entry.exempt,
  positions: [...entry.positions].sort((a, b) => a - b),
});

interface CountedPage {
  readonly items: readonly ReturnType<typeof shownItem>[];
  readonly nextCursor: string | null;
}

/** 下钻 The very things that a figure counts, one page of them, in the order in which their incidents were reported. */
export const countedPage = async (book: LedgerBook, metric: Metric, asked: Asked, address: CountedAddress): Promise<CountedPage> => {
  const { group, part = 'denominator', reading = 'factual', cursor, limit = limitUsual } = address;
  const { by, position, places, from, before, filter } = asked;
  if (group !== undefined && by === null) throw new Refusal('figures.group-without-by', '`group` names a group of `by`; say by what.', { group });
  const wanted = (ledger: Ledger) => (entry: Entry): boolean =>
    (group === undefined || by === null || groupOf(by, ledger, entry) === (group === noGroup ? null : group)) &&
    (reading === 'factual' || !entry.exempt) && (part === 'denominator' || metric.kind === 'durations' || entry.value > 0);
  const start = placeIn(cursor);
  const items: CountedPage['items'][number][] = [];
  for await (const ledgers of book.ledgers({ position, cohorts: [metric.cohort], from, before, places, filter, after: start.first - 1 })) {
    for (const ledger of ledgers) {
      const entries = countedIn(metric, ledger, asked).filter(wanted(ledger));
      for (let index = ledger.firstPosition === start.first ? start.shown : 0; index < entries.length; index += 1) {
        if (items.length === limit) return { items, nextCursor: `${ledger.firstPosition}.${index}` };
        items.push(shownItem(metric, ledger, entries[index] as Entry, reading));
      }
    }
  }
  return { items, nextCursor: null };
};
