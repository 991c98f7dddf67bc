/** Functions of the page that verifies, see `verifier-plugin.ts`. They throw a `Verdict` for whatever does not hold or cannot be told. */
declare module 'virtual:verifier' {
  type Tree = 'sha256' | 'sm3';

  interface Checkpoint {
    readonly origin: string;
    readonly size: number;
    readonly root: Uint8Array;
    readonly tree: Tree;
  }

  type Keys = readonly { readonly name: string; readonly id: string }[];

  export class Verdict extends Error {
    constructor(verdict: 'ok' | 'altered' | 'undecided', message: string, more?: Readonly<Record<string, string | number>>);
    readonly verdict: 'ok' | 'altered' | 'undecided';
    readonly more: Readonly<Record<string, string | number>>;
  }

  export const base64: (said: string) => Uint8Array;
  export const toBase64: (bytes: Uint8Array) => string;
  export const text: (bytes: Uint8Array) => string;
  export const same: (a: Uint8Array, b: Uint8Array) => boolean;
  export const leafHash: (tree: Tree, leaf: Uint8Array) => Promise<Uint8Array>;
  /** The root that the proof leads to; null where it cannot lead to one. */
  export const included: (tree: Tree, hash: Uint8Array, index: number, size: number, proof: readonly Uint8Array[]) => Promise<Uint8Array | null>;
  export const fieldsOf: (leaf: Uint8Array) => readonly Uint8Array[];
  export const checkpointOf: (said: string) => Checkpoint;
  export const keysIn: (said: string) => Promise<Keys>;
  export const believe: (checkpoint: Checkpoint, keys: Keys, position: number) => Promise<void>;
  export const verifyExport: (bytes: Uint8Array, keys: Keys, mine: null, progress: (position: number) => Promise<void>) => Promise<Verdict>;
}
