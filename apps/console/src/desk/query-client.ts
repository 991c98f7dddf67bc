import { QueryClient } from '@tanstack/vue-query';
import { Problem } from '../shared/problem.js';

/** What the engine refused is not asked again; what did not arrive is, twice. Freshness comes from the live stream and not from focus. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && (!(error instanceof Problem) || error.passes),
    },
  },
});
