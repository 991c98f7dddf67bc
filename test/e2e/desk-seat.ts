import type { Locator, Page } from 'playwright-core';
import type { Stage, Visit, VisitOptions } from './harness.js';

/** 席位 A dispatcher's seat: a large screen and a keyboard. */
export class Seat {
  readonly page: Page;

  private constructor(readonly visit: Visit) {
    this.page = visit.page;
  }

  static async of(stage: Stage, login: string, path = '/desk', options: VisitOptions = {}): Promise<Seat> {
    const seat = new Seat(await stage.visit(login, { viewport: { width: 1920, height: 1080 }, ...options }));
    await seat.open(path);
    return seat;
  }

  async open(path: string): Promise<void> {
    // The sign-in page goes on by itself; a page that was asked for meanwhile would be left again.
    await this.page.waitForURL((url) => !url.pathname.startsWith('/login'));
    await this.page.goto(path);
    await this.page.locator('#main').waitFor();
  }

  row(incidentId: string): Locator {
    return this.page.locator(`[id="row-${incidentId}"]`);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Chooses a row with the keyboard alone. */
  async choose(incidentId: string): Promise<void> {
    await this.row(incidentId).waitFor();
    await this.press('Escape');
    for (let step = 0; step < 60; step += 1) {
      await this.press('j');
      if ((await this.row(incidentId).getAttribute('aria-selected')) === 'true') break;
    }
    await this.page.locator('.incident-pane h2').waitFor();
  }

  get dialog(): Locator {
    return this.page.locator('dialog[open]');
  }

  stage(word: string): Locator {
    return this.page.locator('.incident-pane header .stage', { hasText: word });
  }
}
