import { api, asked } from '../../shared/api.js';
import type { Shapes } from '../../shared/api.js';
import type { Problem } from '../../shared/problem.js';
import type { ChosenFile } from './read-files.js';

/** 草稿 What a new version would change, as the engine compared it. */
export type Draft = Shapes['ReferenceDraft'];
export type Change = Draft['changes'][number];

/** One thing that is wrong with a file. */
interface Flaw {
  readonly file: string;
  readonly line: number | null;
  readonly field: string | null;
  readonly code: string;
  readonly message: string;
}

/** Cities are larger than other bodies; the engine reads them under this name. */
const headers = { 'content-type': 'application/vnd.threeloops.reference+json' } as const;

export const draftOf = (files: readonly ChosenFile[]): Promise<Draft> => asked(api.POST('/api/reference/drafts', { body: { files: [...files] }, headers }));

export const activateVersion = ({ files, ...said }: { readonly files: readonly ChosenFile[]; readonly reason: string; readonly against: string; readonly effectiveFrom?: string }, key: string): Promise<Shapes['ReferenceActivation']> =>
  asked(api.POST('/api/reference', { body: { files: [...files], ...said }, headers, params: { header: { 'Idempotency-Key': key } } }));

/** What the engine found wrong, file by file; empty where it refused for another reason. */
export const flawsIn = ({ details }: Problem): readonly Flaw[] => (Array.isArray(details['problems']) ? (details['problems'] as readonly Flaw[]) : []);
