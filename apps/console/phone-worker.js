// 服务线程 Keeps the phone's page and what it needs on the phone, so that it opens without a network. The API is never kept here: what the
// engine says is kept by the page itself, for the person who asked.
// The build writes the list of files and its digest in place of the two words in capitals.
const files = FILES;
const cacheName = 'threeloops-DIGEST';
const page = '/m';

/** The sign-in that the engine shows to strangers must not be kept in place of a page. */
const fetchOwn = async (address) => {
  const response = await fetch(address, { credentials: 'same-origin', cache: 'no-cache' });
  if (!response.ok || response.redirected) throw new Error(`${address} was answered ${response.status}`);
  return response;
};

const keepAll = async () => {
  const cache = await caches.open(cacheName);
  await Promise.all([page, ...files].map(async (address) => cache.put(address, await fetchOwn(address))));
};

const forgetOlder = async () => {
  for (const name of await caches.keys()) if (name.startsWith('threeloops-') && name !== cacheName) await caches.delete(name);
};

/** Files have their digest in their names, so one that is kept is never out of date. What is loaded later, such as the map, is kept then. */
const fromPocket = async (request) => {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && !response.redirected) await cache.put(request, response.clone());
  return response;
};

/** The kept page at once; without one, the engine's. */
const openPage = async (request) => (await (await caches.open(cacheName)).match(page, { ignoreVary: true })) ?? fetch(request);

addEventListener('install', (event) => event.waitUntil(keepAll()));
addEventListener('activate', (event) => event.waitUntil(forgetOlder().then(() => clients.claim())));
addEventListener('message', ({ data }) => data === 'take-over' && skipWaiting());
addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate' && pathname === page) event.respondWith(openPage(request));
  else if (pathname.startsWith('/assets/') || pathname.startsWith('/icons/')) event.respondWith(fromPocket(request));
});
