import { readFile } from 'node:fs/promises';
import { writeDurably } from '#evidence';
import { Refusal } from '#kernel';

/** What was signed last, kept outside the database: a database that is put back to an earlier state does not take this with it. */
export interface LastSigned {
  readonly epoch: number;
  readonly signedAt: string;
  readonly sha256: string;
  readonly sm3: string;
}

/** 签名记忆 Where the signer remembers. `keep` has it on disk before it returns. */
export interface SignedMemory {
  read(): Promise<LastSigned | null>;
  keep(signed: LastSigned): Promise<void>;
}

export const signedInFile = (path: string): SignedMemory => ({
  read: async () => {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return null;
    try {
      return JSON.parse(text) as LastSigned;
    } catch {
      throw new Refusal('evidence.memory-damaged', `${path} cannot be read: it says which checkpoint was signed last, and without it none is signed.`, { path });
    }
  },
  keep: (signed) => writeDurably(path, `${JSON.stringify(signed)}\n`),
});
