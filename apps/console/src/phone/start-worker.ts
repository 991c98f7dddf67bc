import { ref } from 'vue';
import { workerUrl } from '../shared/trusted.js';

/** A newer console is on this phone and waits to be used. */
export const updateWaits = ref(false);

let waiting: ServiceWorker | null = null;

const noticed = (worker: ServiceWorker | null): void => {
  // The first one ever replaces nothing.
  if (!worker || !navigator.serviceWorker.controller) return;
  waiting = worker;
  updateWaits.value = true;
};

/** Keeps the page itself on the phone, so that it opens without a network. Without TLS browsers do not allow it, and everything else works. */
export const startWorker = (): void => {
  if (!('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register(workerUrl('/phone-worker.js'), { scope: '/m' }).then(
    (registration) => {
      noticed(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const { installing } = registration;
        installing?.addEventListener('statechange', () => installing.state === 'installed' && noticed(installing));
      });
    },
    () => undefined,
  );
};

/** Changes over when the person says so, never under their hands. */
export const takeUpdate = (): void => {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting?.postMessage('take-over');
};
