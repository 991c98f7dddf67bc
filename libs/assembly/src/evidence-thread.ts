import { Worker } from 'node:worker_threads';
import type { SubscriptionStatus } from '#engine';
import { formatKey } from '#evidence';
import type { WitnessAddress } from '#notary';
import type { Connection } from '#postgres';
import type { EvidenceWork } from './evidence-work.js';
import type { Secrets } from './secrets.js';

/** What the thread is told when it begins. */
export interface EvidenceErrand {
  readonly connection: Connection;
  /** KurrentDB, where the facts are there. */
  readonly eventStore?: string;
  readonly logId: string;
  readonly owner: string;
  readonly dataFolder: string;
  readonly logKey: Uint8Array;
  readonly logSm2Key: Uint8Array;
  readonly jumpLimitMs: number;
  /** Keys in their textual form: what has methods does not pass from thread to thread. */
  readonly witnesses: readonly { readonly url: string; readonly key: string }[];
}

/** What the thread tells. */
export type EvidenceNews =
  | { readonly kind: 'notice'; readonly notice: string }
  | { readonly kind: 'error'; readonly name: string; readonly error: unknown }
  | { readonly kind: 'status'; readonly status: SubscriptionStatus; readonly problems: readonly (readonly [witness: string, why: string])[] };

/** What the thread is told later. */
export type EvidenceOrder = 'stop' | 'press' | 'calm';

export interface EvidenceThreadParts {
  readonly connection: Connection;
  readonly eventStore?: string;
  readonly logId: string;
  readonly owner: string;
  readonly dataFolder: string;
  readonly secrets: Pick<Secrets, 'logKey' | 'logSm2Key'>;
  readonly jumpLimitMs: number;
  readonly witnesses: readonly WitnessAddress[];
  readonly onNotice: (notice: string) => void;
  readonly onError: (name: string, error: unknown) => void;
}

const againMs = 1_000;
const patienceMs = 15_000;
/** Rows come in batches of 2,000 and the rest is a few tiles. */
const memory = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 24 };

/**
 * 存证线程 The evidence in a thread of its own, with connections of its own: reading every fact twice and hashing it in two ways is as much
 * work as recording it, and nobody who reports has to wait behind it. A thread that dies is followed by another.
 */
export class EvidenceThread implements EvidenceWork {
  private worker: Worker | null = null;
  private stopping = false;
  private again: NodeJS.Timeout | null = null;
  private told: SubscriptionStatus = { name: 'evidence', running: false, position: 0, error: null };
  private problems: ReadonlyMap<string, string> = new Map();

  constructor(private readonly parts: EvidenceThreadParts) {}

  start(): void {
    this.stopping = false;
    const { connection, eventStore, logId, owner, dataFolder, secrets, jumpLimitMs, witnesses, onNotice, onError } = this.parts;
    const errand: EvidenceErrand = {
      connection, logId, owner, dataFolder, jumpLimitMs, logKey: secrets.logKey, logSm2Key: secrets.logSm2Key, witnesses: witnesses.map(({ url, key }) => ({ url, key: formatKey(key) })),
      ...(eventStore === undefined ? {} : { eventStore }),
    };
    const worker = new Worker(new URL('evidence-thread-main.js', import.meta.url), { workerData: errand, resourceLimits: memory, name: 'evidence' });
    this.worker = worker;
    worker.on('message', (news: EvidenceNews) => {
      if (news.kind === 'notice') onNotice(news.notice);
      else if (news.kind === 'error') onError(news.name, news.error);
      else [this.told, this.problems] = [news.status, new Map(news.problems)];
    });
    worker.on('error', (error) => {
      this.told = { ...this.told, running: false, error: error.message };
      onError('evidence', error);
    });
    worker.on('exit', () => {
      this.worker = null;
      this.told = { ...this.told, running: false };
      if (!this.stopping) this.again = setTimeout(() => this.start(), againMs);
    });
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.again) clearTimeout(this.again);
    const { worker } = this;
    if (!worker) return;
    const ended = new Promise<void>((resolve) => void worker.once('exit', () => resolve()));
    this.tell('stop');
    const timer = setTimeout(() => void worker.terminate(), patienceMs);
    await ended;
    clearTimeout(timer);
  }

  status(): SubscriptionStatus {
    return this.told;
  }

  problemOf({ key }: WitnessAddress): string | null {
    return this.problems.get(formatKey(key)) ?? null;
  }

  giveWay(over: Promise<void>): void {
    this.tell('press');
    void over.then(() => this.tell('calm'));
  }

  private tell(order: EvidenceOrder): void {
    this.worker?.postMessage(order);
  }
}
