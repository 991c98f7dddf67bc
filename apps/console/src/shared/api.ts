import createClient from 'openapi-fetch';
import type { Middleware } from 'openapi-fetch';
import { clock } from './clock.js';
import { newId } from './new-id.js';
import { Problem, problemFrom, problemIn } from './problem.js';
import type { components, paths } from './wire.js';

export type Shapes = components['schemas'];

const askedAt = new WeakMap<Request, number>();

/** Every answer tells the engine's time. */
const listens: Middleware = {
  onRequest: ({ request }) => {
    askedAt.set(request, performance.now());
    return undefined;
  },
  onResponse: async ({ request, response }) => {
    const said = response.headers.get('x-server-time');
    const asked = askedAt.get(request);
    // A question that was rewritten on its way tells no time, since nobody knows when it left.
    if (said !== null && asked !== undefined) clock.heard(said, asked);
    if (response.ok || response.status === 304) return undefined;
    const problem = await problemIn(response);
    if (problem.code === 'session.missing') for (const tell of whenSignedOut) tell();
    throw problem;
  },
};

const whenSignedOut = new Set<() => void>();

/** Calls back when the engine says that nobody is signed in. Answers the way to stop listening. */
export const onSignedOut = (tell: () => void): (() => void) => {
  whenSignedOut.add(tell);
  return () => whenSignedOut.delete(tell);
};

/** To the sign-in, and back to where the person was. */
export const goToSignIn = (): void => location.assign(`/login?to=${encodeURIComponent(location.pathname + location.search)}`);

/** The API as its own description says it. Throws a `Problem` for whatever is not a success; use it through `asked`. */
export const api = createClient<paths>({ credentials: 'same-origin' });
api.use(listens);

/** The body of an answer. Fails with a `Problem`, of code `network.unreachable` when nobody answered. */
export const asked = async <Data>(answer: Promise<{ data?: Data; response: Response }>): Promise<Data> => {
  try {
    return (await answer).data as Data;
  } catch (error) {
    throw problemFrom(error);
  }
};

type CommandAddress = { [Path in keyof paths]: Path extends `/api/incidents/{id}/${infer Name}` ? (paths[Path] extends { post: object } ? Name : never) : never }[keyof paths];

/** The last part of a command's address: `dispatch`, `return`, … */
export type CommandPath = Exclude<CommandAddress, undefined>;

type BodyOf<Path extends CommandPath> = paths[`/api/incidents/{id}/${Path}`] extends { post: { requestBody: { content: { 'application/json': infer Body } } } } ? Body : never;

const attempts = 3;
const pauseMs = 400;

/**
 * Sends a command about an incident under one key, so that an answer that was lost is asked for again and nothing is done twice. With
 * `revision` the engine refuses it with 409 when somebody else was quicker.
 */
export const send = async <Path extends CommandPath>(path: Path, incidentId: string, body: BodyOf<Path>, revision?: number): Promise<Shapes['OrderAnswerBody']> => {
  const key = newId();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`/api/incidents/${incidentId}/${path}`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, ...(revision === undefined ? {} : { 'if-match': String(revision) }) },
        body: JSON.stringify(body),
      });
      if (response.ok) return (await response.json()) as Shapes['OrderAnswerBody'];
      const problem = await problemIn(response);
      if (problem.code === 'session.missing') for (const tell of whenSignedOut) tell();
      throw problem;
    } catch (error) {
      const problem = error instanceof Problem ? error : problemFrom(error);
      if (problem.status !== 0 || attempt === attempts) throw problem;
      await new Promise((resume) => setTimeout(resume, pauseMs * attempt));
    }
  }
};
