import { reckon } from '#figures';
import type { Asked } from '#figures';
import { canonicalText } from '#metrics';
import type { Figure, LedgerBook, Metric } from '#metrics';

/** A page of figures asks for all of them within a moment. */
const gatherMs = 4;

/** What is gathered until the walk begins. */
interface Gathered {
  asked: Asked;
  readonly metrics: Map<string, Metric>;
}

interface Walk {
  readonly gathered: Gathered;
  readonly done: Promise<ReadonlyMap<string, Figure>>;
}

export interface Walked {
  readonly figure: Figure;
  /** As of which moment and position it holds: the latest that anybody asked for. */
  readonly asked: Asked;
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

/**
 * 合并统计 One walk through the ledgers for all who ask the same question about different metrics at about the same time: reading the ledgers is
 * the dear part of a figure. Of the present a few milliseconds more or less are the same question; of the past nothing is.
 */
export class SharedWalk {
  private readonly gathering = new Map<string, Walk>();

  constructor(private readonly book: LedgerBook) {}

  async figure(metric: Metric, asked: Asked, present: boolean): Promise<Walked> {
    const { at, position, ...question } = asked;
    const key = canonicalText(present ? question : { at, position, ...question });
    const known = this.gathering.get(key);
    const walk = known ?? this.begin(key, asked);
    const { gathered } = walk;
    gathered.metrics.set(metric.name, metric);
    if (position > gathered.asked.position) gathered.asked = asked;
    return { figure: (await walk.done).get(metric.name) as Figure, asked: gathered.asked };
  }

  private begin(key: string, asked: Asked): Walk {
    const gathered: Gathered = { asked, metrics: new Map() };
    const walk: Walk = { gathered, done: this.walked(key, gathered) };
    this.gathering.set(key, walk);
    return walk;
  }

  private async walked(key: string, gathered: Gathered): Promise<ReadonlyMap<string, Figure>> {
    await pause(gatherMs);
    this.gathering.delete(key);
    const wanted = [...gathered.metrics.values()];
    const figures = await reckon(this.book, wanted, gathered.asked);
    return new Map(figures.map((figure, index) => [wanted[index]?.name ?? '', figure]));
  }
}
