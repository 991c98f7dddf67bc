import { minute, Refusal, toIso } from '#kernel';
import type { Instant } from '#kernel';
import type { Reference } from '#reference';
import type { Laid } from './reference-line.js';

/** A moment that is set lies at least so far ahead, and nothing is taken back later than that: by then every process has read of it. */
export const leadMs = minute;

export const superseded = (): Refusal => new Refusal('reference.superseded', 'Somebody else activated reference data at the same time; look at the difference again.');

export const nothingInForce = (): Refusal => new Refusal('reference.none', 'No reference data is in force yet; import a city first.');

export const tooSoon = (effectiveFrom: Instant): Refusal =>
  new Refusal('reference.effective-too-soon', 'The moment from which a version is in force lies at least a minute ahead, so that every process knows of it by then.', { effectiveFrom: toIso(effectiveFrom) });

export const tooLate = (version: string): Refusal => new Refusal('reference.withdrawn-too-late', `Version "${version}" is in force or about to be; activate another version instead.`, { version });

export const anotherWaits = ({ reference: { version }, effectiveFrom }: Laid): Refusal => {
  const from = toIso(effectiveFrom ?? 0);
  return new Refusal('reference.another-waits', `Version "${version}" waits for ${from}: what comes next comes after it, or it is taken back first.`, { version, effectiveFrom: from });
};

export const waits = ({ effectiveFrom }: Laid, now: Instant): boolean => effectiveFrom !== null && effectiveFrom > now;

/** A version was compared with the last in line, so it takes effect after it: otherwise one would silently undo what the other laid down. */
export const refuseMoment = (effectiveFrom: Instant | undefined, last: Laid | undefined, now: Instant): void => {
  if (last && waits(last, now) && (effectiveFrom === undefined || effectiveFrom <= (last.effectiveFrom ?? 0))) throw anotherWaits(last);
  if (effectiveFrom === undefined) return;
  if (!last) throw new Refusal('reference.first-at-once', 'The first version of all comes into force at once.');
  if (effectiveFrom < now + leadMs) throw tooSoon(effectiveFrom);
};

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const partsOf = (each: Reference): readonly (readonly [name: string, version: string, content: unknown])[] => [
  ['reference', each.version, each], ['policy', each.policy.version, each.policy], ['catalogue', each.catalogue.version, each.catalogue],
  ['duties', each.duties.version, each.duties], ['calendar', each.calendar.version, each.calendar],
];

/** A version is pinned by incidents, so its content can never change. */
export const refuseReusedVersions = (reference: Reference, earlier: readonly Reference[]): void => {
  for (const [what, version, content] of partsOf(reference)) {
    const same = earlier.flatMap(partsOf).find(([name, used, other]) => name === what && used === version && !isSame(other, content));
    if (same) throw new Refusal('reference.version-reused', `The ${what} version "${version}" is in use with another content; give the new one a new version.`, { what, version });
  }
};
