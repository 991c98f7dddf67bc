import type { Locator, Page } from 'playwright-core';
import type { Stage, Visit, VisitOptions } from './harness.js';
import type { PhotoFile } from './photos.js';
import { outboxOf } from './screen-rules.js';
import type { KeptItem } from './screen-rules.js';

/** 手 Somebody's thumb: taps, and counts how often. */
export class Hand {
  taps = 0;
  readonly page: Page;

  private constructor(
    readonly stage: Stage,
    readonly visit: Visit,
  ) {
    this.page = visit.page;
  }

  static async with(stage: Stage, login: string, options: VisitOptions = {}): Promise<Hand> {
    return Hand.of(stage, await stage.phone(login, options));
  }

  /** Opens the phone's page in a browser that is there already. */
  static async of(stage: Stage, visit: Visit): Promise<Hand> {
    const hand = new Hand(stage, visit);
    await hand.page.goto('/m');
    await hand.page.getByRole('heading', { name: '待办', exact: false }).first().waitFor();
    return hand;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' }).first();
  }

  async tap(what: Locator | string): Promise<void> {
    this.taps += 1;
    await (typeof what === 'string' ? this.button(what) : what).tap();
  }

  /** Taps a button that is the camera, and takes this photo. */
  async shoot(camera: Locator, photo: PhotoFile): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.tap(camera);
    await (await chooser).setFiles(photo);
  }

  get reportTab(): Locator {
    return this.page.locator('label.report-tab');
  }

  get camera(): Locator {
    return this.page.locator('main label.camera').first();
  }

  /** Photo, subject, send: the usual report. */
  async report(photo: PhotoFile, subject?: string): Promise<void> {
    await this.shoot(this.reportTab, photo);
    await this.page.getByText('按定位').waitFor();
    await this.tap(subject === undefined ? this.page.locator('.chips .chip').first() : this.button(subject));
    await this.tap('提交上报');
  }

  strip(text: string | RegExp): Locator {
    return this.page.locator('.strips').getByText(text);
  }

  /** What stands in the phone's own store. */
  kept(): Promise<readonly KeptItem[]> {
    return outboxOf(this.page);
  }
}
