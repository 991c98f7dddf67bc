import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.js';
import type { programs } from './child.js';

/** Whether the program is ready, and where it answers if it does. */
export const doorWords = / answers at (\S+) /;
export const workerWords = /a worker does its work/;

/** Programs under watch: one that dies by itself is written down. */
export class Crew {
  readonly casualties: string[] = [];
  private readonly members = new Map<string, Child>();

  constructor(private readonly environment: Readonly<Record<string, string>>) {}

  start(name: string, program: keyof typeof programs): Child {
    const child = Child.start(name, program, this.environment);
    this.members.set(name, child);
    return child;
  }

  member(name: string): Child | undefined {
    return this.members.get(name);
  }

  running(name: string): boolean {
    return this.members.get(name)?.running ?? false;
  }

  watch(child: Child): void {
    void child.ended.then(({ code, signal: by }) => {
      if (!child.killed) this.casualties.push(`${child.name} ended with ${by ?? code}: ${child.said.slice(-2_000)}`);
    });
  }

  /**
   * Starts it, unless it runs, and waits until it is ready; answers its words. A database that is just recovering turns a program away, which
   * then says so and ends: whoever runs it starts it again.
   */
  async ready(name: string, program: keyof typeof programs, words: RegExp): Promise<RegExpExecArray | null> {
    for (let tries = 0; !this.running(name); tries += 1) {
      const child = this.start(name, program);
      const ready = await child.says(words).catch(async (error: unknown) => {
        const away = /\[store\.away\]/.test(child.said) && !/^\s+at /m.test(child.said);
        if (!away || tries >= 50) throw error;
        await sleep(200);
        return null;
      });
      if (!ready) continue;
      this.watch(child);
      return ready;
    }
    return null;
  }

  async kill(name: string): Promise<void> {
    await this.members.get(name)?.kill();
  }

  /** Starts it for a moment only. */
  async stumble(name: string, program: keyof typeof programs, afterMs: number): Promise<void> {
    if (this.running(name)) return;
    const child = this.start(name, program);
    await Promise.race([sleep(afterMs), child.ended]);
    await child.kill();
  }

  async down(): Promise<readonly string[]> {
    const ends = await Promise.all(
      [...this.members.values()].filter(({ running }) => running).map(async (child) => {
        child.killed = true;
        const { code, signal: by } = await child.terminate();
        return code === 0 ? [] : [`${child.name} was asked to end and ended with ${by ?? code}: ${child.said.slice(-2_000)}`];
      }),
    );
    return ends.flat();
  }
}
