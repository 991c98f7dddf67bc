import { START_LOCATION } from 'vue-router';
import type { LocationQuery, RouteLocation, Router } from 'vue-router';
import { barOpen, travel, usePast } from './past.js';

const asOfIn = ({ asOf }: LocationQuery): string | null => (typeof asOf === 'string' && asOf !== '' ? asOf : null);

const without = ({ path, hash, query: { asOf: _asOf, ...query } }: RouteLocation): { path: string; hash: string; query: LocationQuery } => ({ path, hash, query });

/** 时点入址 The moment stands in the address: a reload shows it again, and every link keeps it until somebody returns to the present. */
export const keepPast = (router: Router): void => {
  const { past } = usePast();
  const kept = (to: RouteLocation) => ({ ...without(to), query: { ...to.query, asOf: past.value?.asOf ?? null } });

  // Links show where they lead, so that one that is opened in another tab leads there too.
  const resolve = router.resolve.bind(router) as (...to: readonly unknown[]) => ReturnType<Router['resolve']>;
  router.resolve = ((...asked: readonly unknown[]) => {
    const to = resolve(...asked);
    return past.value === null || to.meta['presentOnly'] === true || asOfIn(to.query) !== null ? to : resolve(kept(to));
  }) as Router['resolve'];

  router.beforeEach(async (to, from) => {
    const asOf = asOfIn(to.query);
    if (to.meta['presentOnly'] === true) {
      await travel(null);
      barOpen.value = false;
      return asOf === null || without(to);
    }
    if (asOf === null) return past.value === null || kept(to);
    if (await travel(asOf)) return true;
    // A moment that the log does not know: whoever comes from outside sees the present, and why.
    return from === START_LOCATION ? without(to) : false;
  });
};

export const lookAt = (router: Router, asOf: string): Promise<unknown> => router.replace({ query: { ...router.currentRoute.value.query, asOf } });

/** 回到现在 */
export const returnToNow = async (router: Router): Promise<void> => {
  await travel(null);
  barOpen.value = false;
  await router.replace(without(router.currentRoute.value));
};
