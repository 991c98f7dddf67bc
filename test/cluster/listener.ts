import { request } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '#kernel';
import { check } from '../crash/checks.js';
import type { Check } from '../crash/checks.js';

const pauseMs = 50;
const patienceMs = 30_000;

/**
 * 收听 Somebody who listens to the live stream and goes on at another door, by the last id seen, whenever a stream ends, and now and then of
 * their own accord.
 */
export class StreamListener {
  private readonly heard: number[] = [];
  private readonly problems: string[] = [];
  private begin: number | null = null;
  private last: number | null = null;
  private going = true;
  private resumed = 0;
  private asked: ClientRequest | null = null;
  private readonly walk: Promise<void>;

  constructor(
    private readonly address: () => string | null,
    private readonly token: string,
    /** How long to stay with one door. */
    private readonly stayMs: () => number,
  ) {
    this.walk = this.listen();
  }

  /** Waits until the end of the log was heard, then hangs up. */
  async until(position: number): Promise<void> {
    const end = performance.now() + patienceMs;
    while ((this.heard.at(-1) ?? 0) < position && performance.now() < end) await sleep(pauseMs);
    this.going = false;
    this.asked?.destroy();
    await this.walk;
  }

  /** What was heard, against the log. */
  compared(log: readonly RecordedEvent[]): Check {
    const expected = log.filter(({ stream, position }) => stream.startsWith('incident-') && position > (this.begin ?? 0)).map(({ position }) => position);
    const heard = new Set(this.heard);
    const missing = expected.filter((position) => !heard.has(position));
    const repeated = this.heard.filter((position, index) => index > 0 && position <= (this.heard[index - 1] ?? 0));
    const problems = [...this.problems, ...(missing.length > 0 ? [`${missing.length} facts were not heard, the first at position ${missing[0]}`] : []), ...(repeated.length > 0 ? [`${repeated.length} facts were heard again or out of order, the first at position ${repeated[0]}`] : [])];
    return check(`a live stream went on ${this.resumed} times at another door without a gap or a repeat`, Math.min(this.heard.length, this.resumed), problems);
  }

  private async listen(): Promise<void> {
    while (this.going) {
      const address = this.address();
      if (address !== null) await this.once(address).catch(() => undefined);
      if (this.going) await sleep(pauseMs);
    }
  }

  private once(address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}`, ...(this.last === null ? {} : { 'last-event-id': String(this.last) }) };
      const asked = request(`${address}/api/stream`, { headers, agent: false });
      this.asked = asked;
      const timer = setTimeout(() => asked.destroy(), this.stayMs());
      const over = (): void => {
        clearTimeout(timer);
        resolve();
      };
      asked.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      asked.on('response', (response: IncomingMessage) => {
        if (response.statusCode !== 200) {
          asked.destroy();
          return over();
        }
        if (this.last !== null) this.resumed += 1;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          const frames = text.split('\n\n');
          text = frames.pop() ?? '';
          for (const frame of frames) this.take(frame);
        });
        response.on('error', over);
        response.on('close', over);
      });
      asked.end();
    });
  }

  private take(frame: string): void {
    const [id, event] = [/^id: (\d+)$/m.exec(frame)?.[1], /^event: (.+)$/m.exec(frame)?.[1]];
    if (id === undefined) return;
    const position = Number(id);
    if (event === 'resync') this.problems.push(`at position ${position} it was told to load anew`);
    if (event === 'fact') this.heard.push(position);
    this.begin ??= event === 'fact' ? position - 1 : position;
    this.last = position;
  }
}
