import { readonly, ref, shallowRef } from 'vue';
import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';
import { city, City } from '../../shared/city.js';
import { holdClock } from '../../shared/clock.js';
import { problemFrom } from '../../shared/problem.js';
import type { Problem } from '../../shared/problem.js';
import { live } from '../../shared/stream.js';
import type { paths } from '../../shared/wire.js';
import { queryClient } from '../query-client.js';

type Span = Shapes['LogSpan'];

/** 时点 A moment that the desk looks back at. `asOf` stands in the address and in every question: a log position, or a moment with its zone. */
export interface Past {
  readonly asOf: string;
  readonly position: number;
  readonly at: number;
}

const past = shallowRef<Past | null>(null);
const span = shallowRef<Span | null>(null);
const problem = shallowRef<Problem | null>(null);
/** Whether the bar with the slider is shown; it always is while the past is. */
export const barOpen = ref(false);

export const usePast = () => ({ past: readonly(past), span: readonly(span), problem: readonly(problem) });

const answersOfThen: ReadonlySet<string> = new Set([
  '/api/incidents', '/api/open-incidents', '/api/incidents/{id}', '/api/incidents/{id}/timeline', '/api/incidents/{id}/deadlines', '/api/incidents/{id}/suggestions', '/api/queues', '/api/deadlines',
  '/api/reference', '/api/metrics/{name}', '/api/metrics/{name}/incidents',
] satisfies readonly (keyof paths)[]);

const addressAt = (address: string, asOf: string): string => {
  const url = new URL(address);
  url.searchParams.set('asOf', asOf);
  return url.href;
};

/** The one place in which questions are asked about the past: whoever asks need not know. */
api.use({
  onRequest: ({ request, schemaPath }) => (past.value === null || request.method !== 'GET' || !answersOfThen.has(schemaPath) ? undefined : new Request(addressAt(request.url, past.value.asOf), request)),
});

const spanAt = (asOf?: string): Promise<Span> => asked(api.GET('/api/log', { params: { query: asOf === undefined ? {} : { asOf } } }));

/** Names of places and units are those of then. */
const loadCity = async (version?: string): Promise<void> => {
  if (city.value !== null && version !== city.value.version) city.value = new City(await asked(api.GET('/api/reference')));
};

const turnTo = async (moment: Past | null, referenceVersion?: string): Promise<void> => {
  past.value = moment;
  holdClock(moment?.at ?? null);
  live.hold(moment !== null);
  // Without the names of then those of now have to do, and the bar says so.
  await loadCity(referenceVersion).catch((error: unknown) => {
    problem.value = problemFrom(error);
  });
  // What was answered about another moment is not shown for this one, not even for a blink.
  await queryClient.cancelQueries();
  queryClient.removeQueries({ type: 'inactive' });
  void queryClient.invalidateQueries();
};

let run = 0;

/**
 * 回看 Goes to a moment, or to the present with null. Answers whether the desk is there now: it is not where the log knows no such moment, and
 * `problem` says why, nor where somebody went elsewhere meanwhile.
 */
export const travel = async (asOf: string | null): Promise<boolean> => {
  if (asOf === (past.value?.asOf ?? null)) return true;
  run += 1;
  const mine = run;
  problem.value = null;
  try {
    if (asOf === null) {
      await turnTo(null);
      return true;
    }
    const found = await spanAt(asOf);
    if (mine !== run) return false;
    span.value = found;
    barOpen.value = true;
    if (!found.asOf) return false;
    await turnTo({ asOf, position: found.asOf.position, at: Date.parse(found.asOf.at) }, found.asOf.referenceVersion);
    return mine === run;
  } catch (error) {
    problem.value = problemFrom(error);
    barOpen.value = true;
    return false;
  }
};

/** How far back one can look; asked when the bar is opened. */
export const openBar = async (): Promise<void> => {
  barOpen.value = true;
  problem.value = null;
  try {
    span.value = await spanAt();
  } catch (error) {
    problem.value = problemFrom(error);
  }
};
