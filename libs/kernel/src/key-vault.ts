/** 密文 What identifies a person, as it stands in an event: readable only with the key of `keyId`, which can be erased. */
export interface Sealed {
  readonly keyId: string;
  /** base64url of nonce, ciphertext and tag (AES-256-GCM). */
  readonly sealed: string;
}

/**
 * 密钥库 One key per subject, in a table of its own. Erasing a key makes every text sealed under it unreadable, in the log
 * and everywhere it was copied to, without touching the log.
 */
export interface KeyVault {
  /** The key of a subject, made and stored durably if there is none yet. Refuses an erased subject with `subject.erased`. */
  keyFor(subject: string): Promise<{ readonly keyId: string; readonly key: Uint8Array }>;
  /** Keys that still exist, by id. */
  keys(keyIds: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  erase(subject: string): Promise<boolean>;
}
