import { readFile } from 'node:fs/promises';
import { parseKey } from '#evidence';
import { Refusal } from '#kernel';
import type { WitnessAddress } from '#notary';
import type { Settings } from './settings.js';

/** Reads the key files of the witnesses that the settings name. Refuses with `setting.unreadable`, naming the file. */
export const loadWitnesses = async ({ witnesses, witnessesNeeded }: Pick<Settings, 'witnesses' | 'witnessesNeeded'>): Promise<{ readonly witnesses: readonly WitnessAddress[]; readonly witnessesNeeded: number }> => ({
  witnesses: await Promise.all(witnesses.map(async ({ url, keyFile }) => {
    const unreadable = (why: string): Refusal => new Refusal('setting.unreadable', `THREELOOPS_WITNESSES names ${keyFile} as the key of ${url}, which cannot be used: ${why}`, { setting: 'THREELOOPS_WITNESSES', keyFile });
    const text = await readFile(keyFile, 'utf8').catch((error: Error) => {
      throw unreadable(error.message);
    });
    try {
      const key = parseKey(text.trim());
      if (key.kind !== 'cosignature') throw new Error('it is the key of a log and not of a witness.');
      return { url, key };
    } catch (error) {
      throw unreadable((error as Error).message);
    }
  })),
  witnessesNeeded,
});
