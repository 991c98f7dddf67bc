import { workerUrl } from '../../shared/trusted.js';
import type { Asked, Found, Said } from './verdict.js';

export interface Hearer {
  received?(bytes: number): void;
  reckoned?(position: number): void;
}

const startWorker = async (): Promise<Worker> => {
  const { default: address } = await import('./verify-worker.ts?worker&url');
  return new Worker(workerUrl(address), { type: 'module' });
};

const answerOf = (worker: Worker, asked: Asked, { received, reckoned }: Hearer): Promise<Found> =>
  new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (data.kind === 'received') received?.(data.bytes);
      else if (data.kind === 'reckoned') reckoned?.(data.position);
      else resolve(data.found);
    });
    worker.addEventListener('error', () => reject(new Error('The verifier could not be loaded.')));
    worker.postMessage(asked);
  });

/** 校验 Reckons in a worker, so that the page stays at hand. After `stop` nothing is answered any more. */
export const verifyIn = (asked: Asked, hearer: Hearer = {}): { readonly found: Promise<Found>; stop(): void } => {
  const worker = startWorker();
  const stop = (): void => void worker.then((started) => started.terminate(), () => undefined);
  return { found: worker.then((started) => answerOf(started, asked, hearer)).finally(stop), stop };
};
