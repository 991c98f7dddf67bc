/**
 * 照片库 Sealed photos under the hash of their sealed bytes. What was kept once stays as it is; keeping it again changes nothing.
 *
 * Fails with `Unavailable` when the place of storage is full or away.
 */
export interface PhotoStore {
  /** Durable when it returns. `sha256` is lower-case hex of `bytes`. */
  keep(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Null when there is no such photo. */
  read(sha256: string): Promise<Uint8Array | null>;
  /** Sizes of those that are there, by hash. */
  sizes(sha256s: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
