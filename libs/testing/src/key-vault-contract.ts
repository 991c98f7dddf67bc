import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyVault } from '#kernel';

export interface OpenedKeyVault {
  readonly vault: KeyVault;
  /** The same keys as another process sees them. */
  another(): Promise<KeyVault>;
  close(): Promise<void>;
}

/** What every adapter of the port `KeyVault` promises. */
export const keyVaultContract = (name: string, open: () => Promise<OpenedKeyVault>): void => {
  describe(`${name} keeps the contract of the key vault 密钥库`, () => {
    let opened: OpenedKeyVault;
    let vault: KeyVault;

    beforeAll(async () => {
      opened = await open();
      vault = opened.vault;
    });

    afterAll(async () => {
      await opened.close();
    });

    const newSubject = (): string => `市民-${randomUUID()}`;
    const refusedAsErased = expect.objectContaining({ name: 'Refusal', code: 'subject.erased' });

    it('a subject has one key of 32 bytes, always the same, and no two subjects share one', async () => {
      const [one, other] = [newSubject(), newSubject()];
      const first = await vault.keyFor(one);
      expect(first.key).toHaveLength(32);
      expect(await vault.keyFor(one)).toEqual(first);
      const second = await vault.keyFor(other);
      expect(second.keyId).not.toBe(first.keyId);
      expect(Buffer.from(second.key).equals(Buffer.from(first.key))).toBe(false);
    });

    it('many who ask at once for the same subject get the same key', async () => {
      const subject = newSubject();
      const others = Array.from({ length: 20 }, newSubject);
      const found = await Promise.all([...Array.from({ length: 20 }, () => subject), ...others].map((each) => vault.keyFor(each)));
      expect(new Set(found.slice(0, 20).map(({ keyId }) => keyId)).size).toBe(1);
      expect(new Set(found.map(({ keyId }) => keyId)).size).toBe(21);
    });

    it('two processes that make a key for the same subject at once end with the same one', async () => {
      const another = await opened.another();
      const subjects = Array.from({ length: 30 }, newSubject);
      const [here, there] = await Promise.all([vault, another].map((each) => Promise.all(subjects.map((subject) => each.keyFor(subject)))));
      expect(here).toEqual(there);
    });

    it('keys are found by their ids, and unknown ids are left out', async () => {
      const [one, other] = [await vault.keyFor(newSubject()), await vault.keyFor(newSubject())];
      const found = await vault.keys([one.keyId, other.keyId, randomUUID()]);
      expect(found).toEqual(new Map([[one.keyId, one.key], [other.keyId, other.key]]));
      expect(await vault.keys([])).toEqual(new Map());
    });

    it('an erased key is gone for everybody, and its subject is refused from then on', async () => {
      const subject = newSubject();
      const { keyId } = await vault.keyFor(subject);
      expect(await vault.erase(subject)).toBe(true);
      const another = await opened.another();
      for (const each of [vault, another]) {
        expect(await each.keys([keyId])).toEqual(new Map());
        await expect(each.keyFor(subject)).rejects.toEqual(refusedAsErased);
      }
    });

    it('erasing twice, or one who was never seen, erases no key and is remembered all the same', async () => {
      const [known, unknown] = [newSubject(), newSubject()];
      await vault.keyFor(known);
      expect([await vault.erase(known), await vault.erase(known), await vault.erase(unknown)]).toEqual([true, false, false]);
      await expect(vault.keyFor(unknown)).rejects.toEqual(refusedAsErased);
    });

    it('one erased subject among many asked for at once fails alone', async () => {
      const erased = newSubject();
      await vault.erase(erased);
      const results = await Promise.allSettled([newSubject(), erased, newSubject()].map((subject) => vault.keyFor(subject)));
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    });
  });
};
