import { SubscriptionLoop } from '#engine';
import type { LoopTimes, Press, SubscriptionStatus } from '#engine';
import type { Subscriptions } from '#kernel';
import { EvidenceSubscriber, NotaryRunner } from '#notary';
import type { Notary, StoredFacts } from '#notary';
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
  readonly owner: string;
  readonly times?: LoopTimes;
  readonly press?: Press;
  readonly onError: (name: string, error: unknown) => void;
}

export const evidenceWork = ({ logId, facts, subscriptions, notary, owner, times, press, onError }: EvidenceWorkParts): EvidenceWork => {
  const source = { readAll: (after: number, limit: number) => facts.readDigests(after, limit) };
  const loop = new SubscriptionLoop(new EvidenceSubscriber(logId), source, subscriptions, owner, onError, times, press);
  const runner = new NotaryRunner(notary, () => loop.status().position, onError);
  return {
    start: () => {
      loop.start();
      runner.start();
    },
    stop: async () => void (await Promise.all([loop.stop(), runner.stop()])),
    status: () => loop.status(),
  };
};
