import { createHash } from 'node:crypto';
import { schemaOf, upcast } from '#events';
import type { PeriodFrozen } from '#events';
import { Refusal, toIso } from '#kernel';
import type { Actor, EventStore, Iso } from '#kernel';
import { definitionOf, frozenFigure, frozenText, Refreezing } from '#metrics';
import type { FrozenContent, LedgerBook, Metric, Refrozen } from '#metrics';
import { reckon } from './reckon.js';
import type { Asked } from './reckon.js';

/** 固化考核 Figures that stand in the log, as they were frozen. */
export interface Frozen extends Omit<PeriodFrozen['data'], 'content'> {
  readonly frozenAt: Iso;
  readonly frozenBy: string;
  readonly frozenPosition: number;
}

export interface FrozenInFull extends Frozen {
  readonly content: FrozenContent;
}

/** Which freezings there are. Fails with `Unavailable` when the database is away. */
export interface FrozenList {
  /** Ids, the latest first. */
  ids(limit: number): Promise<readonly string[]>;
}

export interface FreezeOrder {
  readonly figuresId: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly fingerprint: string;
  readonly actor: Actor;
  readonly metrics: readonly Metric[];
  readonly asked: Asked;
}

/** The answer of computing again, and whether its hash is the frozen one. */
export interface Recomputed extends Omit<Refrozen, 'text'> {
  readonly same: boolean;
  readonly sha256: string;
  readonly recomputedSha256: string;
}

const contentBytesMax = 512 * 1024;

export const frozenStreamOf = (figuresId: string): string => `figures-${figuresId}`;

/** What a freezing says of itself beside its content, all of which follows from the content. */
export const frozenHead = ({ question: { from, before, at, position, places }, definitions }: FrozenContent): Pick<PeriodFrozen['data'], 'metrics' | 'from' | 'before' | 'at' | 'position' | 'places'> => ({
  metrics: definitions.map(({ name, version }) => ({ name, version })), from: from === null ? null : toIso(from), before: before === null ? null : toIso(before), at: toIso(at), position, places,
});

const sha256Of = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const unknown = (figuresId: string): never => {
  throw new Refusal('figures.unknown', 'There are no frozen figures with this number.', { figuresId });
};

type Store = Pick<EventStore, 'append' | 'readStream' | 'findCommand'>;

/** 考核固化 Puts figures into the log, and holds them against what the log says later. */
export class FigureDesk {
  constructor(
    private readonly store: Store,
    private readonly book: LedgerBook,
    private readonly list: FrozenList,
  ) {}

  /**
   * Computes and records. The same command again answers what it led to. Refuses with `command.id-reused` a command id that was used for
   * something else and with `figures.too-many` what is too much for one fact.
   */
  async freeze(order: FreezeOrder): Promise<FrozenInFull> {
    const known = await this.store.findCommand(order.commandId);
    if (known) return this.repeated(order, known);
    const { asked, metrics } = order;
    const figures = await reckon(this.book, metrics, asked);
    const { position, places, at, from, before, by, filter } = asked;
    const frozen: FrozenContent = {
      question: { from, before, at, by, filter, position, places }, definitions: metrics.map(definitionOf),
      figures: figures.map((figure, index) => frozenFigure(metrics[index] as Metric, figure)),
    };
    const content = frozenText(frozen);
    if (Buffer.byteLength(content) > contentBytesMax) {
      throw new Refusal('figures.too-many', 'These figures are too many for one fact of the log; freeze fewer metrics or coarser groups.', { bytesMax: contentBytesMax });
    }
    const data: PeriodFrozen['data'] = { figuresId: order.figuresId, ...frozenHead(frozen), content, sha256: sha256Of(content) };
    const { commandId, correlationId, fingerprint, actor } = order;
    const result = await this.store.append({
      stream: frozenStreamOf(order.figuresId), expectedVersion: 0, decidedAt: at, fingerprint, provenance: { actor, commandId, correlationId },
      events: [{ eventId: order.figuresId, type: 'PeriodFrozen', schema: schemaOf('PeriodFrozen'), data }],
    });
    if (result.status === 'duplicate') return this.repeated(order, result);
    if (result.status !== 'recorded') throw new Refusal('command.id-reused', 'Figures with this number are frozen already; every request needs an id of its own.', { figuresId: order.figuresId });
    return this.read(order.figuresId);
  }

  /** Refuses with `figures.unknown`. */
  async read(figuresId: string): Promise<FrozenInFull> {
    const { frozen, content } = await this.recorded(figuresId);
    return { ...frozen, content: JSON.parse(content) as FrozenContent };
  }

  /** The latest first, without their content. */
  async latest(limit: number): Promise<readonly Frozen[]> {
    return Promise.all((await this.list.ids(limit)).map(async (id) => (await this.recorded(id)).frozen));
  }

  /** Computes frozen figures again, over the same part of the log, and says whether they are the same. Changes nothing. */
  async recomputed(figuresId: string): Promise<Recomputed> {
    const { content, sha256 } = await this.read(figuresId);
    const { position, places, from, before, filter } = content.question;
    const refreezing = new Refreezing(content);
    const cohorts = refreezing.metrics.map(({ cohort }) => cohort);
    for await (const ledgers of this.book.ledgers({ position, cohorts, from, before, places, filter })) for (const ledger of ledgers) refreezing.add(ledger);
    const { text, redefined, differing } = refreezing.again();
    const recomputedSha256 = sha256Of(text);
    return { same: recomputedSha256 === sha256, sha256, recomputedSha256, redefined, differing };
  }

  private async recorded(figuresId: string): Promise<{ readonly frozen: Frozen; readonly content: string }> {
    const [event] = await this.store.readStream(frozenStreamOf(figuresId));
    if (!event) return unknown(figuresId);
    const { content, ...data } = upcast(event.type, event.schema, event.data) as PeriodFrozen['data'];
    return { frozen: { ...data, frozenAt: event.recordedAt, frozenBy: event.actor.id, frozenPosition: event.position }, content };
  }

  private repeated({ figuresId, fingerprint, commandId }: FreezeOrder, known: { readonly stream: string; readonly fingerprint: string | null }): Promise<FrozenInFull> {
    if (known.stream !== frozenStreamOf(figuresId) || known.fingerprint !== fingerprint) {
      throw new Refusal('command.id-reused', 'This command id was used before for something else; every request needs an id of its own.', { commandId });
    }
    return this.read(figuresId);
  }
}
