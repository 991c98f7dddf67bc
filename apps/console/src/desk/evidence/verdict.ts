import type { Shapes } from '../../shared/api.js';

/** What the worker is asked. */
export type Asked =
  | { readonly kind: 'export'; readonly keys: string }
  | { readonly kind: 'leaf'; readonly keys: string; readonly proof: Shapes['LeafProof']; readonly fact: { readonly position: number; readonly type: string; readonly recordedAt: string } };

/** 校验结果 Whether it is as it was signed. Of an alteration the first position that is not, and the last that it may be where one cannot tell. */
export type Found =
  | { readonly verdict: 'ok'; readonly facts: number; readonly checkpoints: string }
  | { readonly verdict: 'altered'; readonly from: number | null; readonly until: number | null; readonly why: string }
  | { readonly verdict: 'undecided'; readonly why: string; readonly code: string };

export type Said = { readonly kind: 'received'; readonly bytes: number } | { readonly kind: 'reckoned'; readonly position: number } | { readonly kind: 'found'; readonly found: Found };
