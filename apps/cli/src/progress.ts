/** 进度 Shows long work: done, rate, time left. One line that renews itself on a terminal, plain lines at intervals elsewhere. */
export class Progress {
  private readonly startedAt = performance.now();
  private shownAt = 0;
  private first = 0;
  private done = 0;
  private readonly terminal: boolean;

  constructor(
    private readonly label: string,
    /** How much there is in all; null when nobody knows. */
    private total: number | null,
    private readonly unit: string,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {
    this.terminal = out.isTTY === true;
  }

  /** Work that was found done already does not count for the rate. */
  startFrom(done: number): void {
    this.first = done;
    this.done = done;
  }

  expect(total: number): void {
    this.total = total;
  }

  set(done: number, note = ''): void {
    this.done = done;
    const now = performance.now();
    if (now - this.shownAt < (this.terminal ? 100 : 5_000)) return;
    this.shownAt = now;
    const line = `${this.text(now)}${note === '' ? '' : `  ${note}`}`;
    this.out.write(this.terminal ? `\r\u001b[K${line}` : `${line}\n`);
  }

  add(count = 1, note = ''): void {
    this.set(this.done + count, note);
  }

  finish(note = ''): void {
    this.out.write(`${this.terminal ? '\r\u001b[K' : ''}${this.text(performance.now())}${note === '' ? '' : `  ${note}`}\n`);
  }

  private text(now: number): string {
    const seconds = (now - this.startedAt) / 1_000;
    const rate = seconds > 0 ? (this.done - this.first) / seconds : 0;
    const known = this.total !== null && this.total > 0;
    const share = known ? ` of ${(this.total ?? 0).toLocaleString('en')} (${Math.floor((100 * this.done) / (this.total ?? 1))} %)` : '';
    const left = known && rate > 0 && this.done < (this.total ?? 0) ? `, ${duration(((this.total ?? 0) - this.done) / rate)} left` : '';
    return `${this.label}: ${this.done.toLocaleString('en')}${share} ${this.unit}, ${Math.round(rate).toLocaleString('en')}/s${left}`;
  }
}

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : seconds < 5_400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
