import { hash, verify } from '@node-rs/argon2';
import { Unavailable } from '#kernel';

/** Argon2id is algorithm 2; the enum of the library is const and cannot be imported under isolated modules. */
const argon2id = 2;
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * 口令散列 Argon2id with 19 MiB, two passes, one lane. Few at a time, since each takes memory and a thread; when too many wait, the
 * rest is told to come back (`login.busy`), so that a flood of log-ins cannot take the engine's memory.
 */
export class PasswordHashes {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoy: Promise<string> | null = null;

  constructor(
    private readonly runningMax = 2,
    private readonly waitingMax = 64,
  ) {}

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, cost));
  }

  /** With no stored hash it verifies against a decoy, so that an unknown login takes as long as a known one. */
  async verify(stored: string | null, password: string): Promise<boolean> {
    this.decoy ??= hash('there is no account behind this', cost);
    const decoy = await this.decoy;
    const matches = await this.inTurn(() => verify(stored ?? decoy, password));
    return matches && stored !== null;
  }

  private async inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (this.running >= this.runningMax) {
      if (this.waiting.length >= this.waitingMax) throw new Unavailable('login.busy', 'Too many people are signing in at this moment.', 2);
      await new Promise<void>((go) => this.waiting.push(go));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
