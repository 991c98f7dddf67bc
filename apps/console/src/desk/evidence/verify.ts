import { workerUrl } from '../../shared/trusted.js';
import type { Asked, Found, Said } from './verdict.js';
import address from './verify-worker.ts?worker&url';

export interface Hearer {
  received?(bytes: number): void;
  reckoned?(position: number): void;
}

/** 校验 Reckons in a worker, so that the page stays at hand. Answers what was found; `stop` ends it, and then nothing is answered. */
export const verifyIn = (asked: Asked, hearer: Hearer = {}): { readonly found: Promise<Found>; stop(): void } => {
  const worker = new Worker(workerUrl(address), { type: 'module' });
  const found = new Promise<Found>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Said>) => {
      if (data.kind === 'received') hearer.received?.(data.bytes);
      else if (data.kind === 'reckoned') hearer.reckoned?.(data.position);
      else {
        worker.terminate();
        resolve(data.found);
      }
    });
    worker.addEventListener('error', () => {
      worker.terminate();
      reject(new Error('The verifier could not be loaded.'));
    });
  });
  worker.postMessage(asked);
  return { found, stop: () => worker.terminate() };
};
