import { SubscriptionLoop } from '#engine';
import type { LoopTimes, Press, SubscriptionStatus } from '#engine';
import type { Subscriptions } from '#kernel';
import { EvidenceSubscriber, NotaryRunner } from '#notary';
import type { Notary, StoredFacts, WitnessAddress } from '#notary';
import type { PoolClient } from 'pg';

/** 存证进程 The durable part of the evidence: the trees grow and are signed, in this thread or in one of its own. */
export interface EvidenceWork {
  start(): void;
  /** Finishes what is under way. */
  stop(): Promise<void>;
  status(): SubscriptionStatus;
  /** Something pressing has begun; what can wait goes on when it is over, or after a while. */
  giveWay(over: Promise<void>): void;
  /** What keeps a witness from cosigning, as this process knows it. */
  problemOf(witness: WitnessAddress): string | null;
}

interface EvidenceHereParts {
  readonly logId: string;
  readonly facts: StoredFacts;
  readonly subscriptions: Subscriptions<PoolClient>;
  readonly notary: Notary;
  readonly owner: string;
  readonly times?: LoopTimes;
  readonly press?: Press;
  readonly onError: (name: string, error: unknown) => void;
}

export const evidenceHere = ({ logId, facts, subscriptions, notary, owner, times, press, onError }: EvidenceHereParts): EvidenceWork => {
  const source = { readAll: (after: number, limit: number) => facts.readAll(after, limit) };
  const loop = new SubscriptionLoop(new EvidenceSubscriber(logId), source, subscriptions, owner, onError, times, press);
  const runner = new NotaryRunner(notary, onError);
  return {
    start: () => {
      loop.start();
      runner.start();
    },
    stop: async () => void (await Promise.all([loop.stop(), runner.stop()])),
    status: () => loop.status(),
    // The loop asks for itself.
    giveWay: () => undefined,
    problemOf: (witness) => notary.witnessing.problemOf(witness),
  };
};
