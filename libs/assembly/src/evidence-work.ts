import { SubscriptionLoop } from '#engine';
import type { LoopTimes, Press, SubscriptionStatus } from '#engine';
import type { Subscriptions } from '#kernel';
import { EvidenceSubscriber, growing, logPages, NotaryRunner } from '#notary';
import type { GrownLately, Notary, StoredFacts } from '#notary';
import type { PoolClient } from 'pg';

/** 存证进程 The durable part of the evidence: the trees grow and are signed. */
export interface EvidenceWork {
  start(): void;
  /** Finishes what is under way. */
  stop(): Promise<void>;
  status(): SubscriptionStatus;
}

interface EvidenceWorkParts {
  readonly logId: string;
  readonly facts: StoredFacts;
  readonly subscriptions: Subscriptions<PoolClient>;
  readonly notary: Pick<Notary, 'step'>;
  /** The same that the notary has. */
  readonly grown: GrownLately;
  readonly owner: string;
  readonly times?: LoopTimes;
  readonly press?: Press;
  readonly onError: (name: string, error: unknown) => void;
}

export const evidenceWork = ({ logId, facts, subscriptions, notary, grown, owner, times, press, onError }: EvidenceWorkParts): EvidenceWork => {
  const trees = growing(logId);
  const loop = new SubscriptionLoop(new EvidenceSubscriber(trees, grown), logPages(facts), subscriptions, owner, onError, times, press);
  // Trees that cannot grow are looked at too: something is wrong with them, and whoever finds it raises the alarm.
  const ownSize = (): number | null => {
    const { running, error, position } = loop.status();
    return running || error !== null ? position : null;
  };
  const runner = new NotaryRunner(notary, ownSize, onError);
  return {
    start: () => {
      loop.start();
      runner.start();
    },
    stop: async () => {
      await Promise.all([loop.stop(), runner.stop()]);
      await trees.close();
    },
    status: () => loop.status(),
  };
};
