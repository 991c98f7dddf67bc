import { Refusal } from '#kernel';

const depthMax = 32;

const unreadable = (detail: string): Refusal => new Refusal('request.body-unreadable', detail);

/** Without recursion, so that nothing sent can exhaust the stack. */
const checkShape = (root: unknown): void => {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthMax) throw unreadable(`The body is nested more than ${depthMax} levels deep.`);
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      if (!Array.isArray(value) && (Object.hasOwn(value, '__proto__') || Object.hasOwn(value, 'constructor') || Object.hasOwn(value, 'prototype'))) {
        throw unreadable('The body names a field that no body has.');
      }
      for (const part of Object.values(value)) if (typeof part === 'object') next.push(part);
    }
    level = next;
  }
};

/** JSON with a bound on its depth and without the names that objects have of themselves. */
export const readJson = (_request: unknown, body: Buffer, done: (error: Error | null, body: unknown) => void): void => {
  try {
    const text = body.toString('utf8');
    // An empty body is no body: commands without fields are sent so.
    const read: unknown = text.trim() === '' ? undefined : JSON.parse(text);
    checkShape(read);
    done(null, read);
  } catch (error) {
    done(error instanceof Refusal ? error : unreadable('The body is not JSON.'), undefined);
  }
};
