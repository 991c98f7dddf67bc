import type { CommandDesk } from '#engine';
import type { PhotoRef } from '#events';
import type { PastHoldings } from '#identity';
import type { KeyVault } from '#kernel';
import type { Library } from '#reference';
import type { Sealer } from '#sealing';
import type { DeadLetters } from './dead-letters.js';
import type { RecordGate } from './trusted-record.js';

/** What every intake of the engine works with. */
export interface IntakeParts {
  readonly desk: CommandDesk;
  readonly library: () => Library;
  readonly vault: KeyVault;
  /** 32 random bytes that outlive restarts. */
  readonly secret: Uint8Array;
  readonly gate: RecordGate;
  readonly letters: DeadLetters;
}

/** What an order is made with from a record. */
export interface OrderParts {
  readonly desk: Pick<CommandDesk, 'load'>;
  readonly past: PastHoldings;
  readonly library: () => Library;
  readonly sealer: Sealer;
  /** Photos that were uploaded before, by the door for people. Refuses with `photo.unknown`. */
  readonly photos: { referencesTo(sha256s: readonly string[]): Promise<readonly PhotoRef[]> };
}
