import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { Engine, logTo, seed, settingsFrom } from '#assembly';
import type { Settings } from '#assembly';
import type { Account } from '#identity';
import { openDoor } from '../../apps/api/src/host.js';
import type { Host } from '../../apps/api/src/listening.js';

/** Somewhere that git does not look. */
export const pictures = resolve('.test/e2e');
/** A name that is not this machine's own, so that the browser does not trust its plain HTTP. */
const plainName = 'plain.test';

export interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the page: what it threw, what it wrote as an error, what the content security policy stopped. */
  readonly complaints: string[];
  picture(name: string): Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** By plain HTTP from a name that browsers do not trust. */
  readonly plain?: boolean;
}

const waitMsMax = 15_000;

/** The same browser without its own windows loads a page in half the time. */
const browsers = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const browserHere = (): string => process.env['CHROMIUM'] ?? browsers.find((path) => existsSync(path)) ?? 'chromium';

/** What browsers write by themselves about answers that a check brings about on purpose, and about plain HTTP. */
const expected = /Failed to load resource|net::ERR_|Cross-Origin-Opener-Policy header has been ignored/;

const settingsFor = (folder: string, port: string): Settings =>
  settingsFrom({ THREELOOPS_DATA: folder, THREELOOPS_PORT: port, THREELOOPS_LOG: 'silent', THREELOOPS_HOST: '0.0.0.0' });

/** 走查台 The real engine with a city of its own, a real browser, and people who have signed in. */
export class Stage {
  private readonly visits: Visit[] = [];
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(
    readonly folder: string,
    readonly engine: Engine,
    private host: Host,
    readonly browser: Browser,
    readonly accounts: ReadonlyMap<string, Account>,
  ) {}

  static async open(): Promise<Stage> {
    await mkdir(pictures, { recursive: true });
    const folder = await mkdtemp(join(tmpdir(), 'threeloops-e2e-'));
    const settings = settingsFor(folder, '0');
    const engine = await Engine.open({ dataFolder: folder, kind: 'live', notice: () => undefined });
    const { accounts } = await seed(engine, settings.seedsFolder);
    engine.startWork();
    const host = await openDoor(engine, settings, logTo('silent'));
    const browser = await chromium.launch({
      executablePath: browserHere(), args: ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', `--host-resolver-rules=MAP ${plainName} 127.0.0.1`],
    });
    return new Stage(folder, engine, host, browser, new Map(accounts.map(({ account }) => [account.login, account])));
  }

  get port(): string {
    return new URL(this.host.url).port;
  }

  /** Closes the door and opens it again at the same address, as after the engine was given a newer console. */
  async reopenDoor(): Promise<void> {
    const { port } = this;
    await this.host.close();
    this.host = await openDoor(this.engine, settingsFor(this.folder, port), logTo('silent'));
  }

  account(login: string): Account {
    const account = this.accounts.get(login);
    if (!account) throw new Error(`the seeds know no account ${login}`);
    return account;
  }

  /** A browser of its own in which this person has signed in. */
  async visit(login: string, { plain = false, ...options }: VisitOptions = {}): Promise<Visit> {
    const origin = `http://${plain ? plainName : '127.0.0.1'}:${this.port}`;
    const context = await this.browser.newContext({ baseURL: origin, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', ...options });
    context.setDefaultTimeout(waitMsMax);
    await this.signIn(context, login, origin);
    const page = await context.newPage();
    const visit = watched(context, page);
    this.visits.push(visit);
    return visit;
  }

  /** Signs this person in, instead of whoever was signed in before. */
  async signIn(context: BrowserContext, login: string, origin = `http://127.0.0.1:${this.port}`): Promise<void> {
    await context.addCookies([{ name: 'threeloops', value: await this.tokenFor(login), url: origin, httpOnly: true, sameSite: 'Strict' }]);
  }

  /** A telephone in the hand of this person, standing where the options say. */
  phone(login: string, options: VisitOptions = {}): Promise<Visit> {
    return this.visit(login, {
      viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, permissions: ['geolocation'], geolocation: { longitude: 121.548_344, latitude: 31.274_776, accuracy: 12 }, ...options,
    });
  }

  /** A command or another request of this person, beside the browser. Fails unless it succeeds. */
  async tell<Answer = unknown>(login: string, address: string, body: object = {}): Promise<Answer> {
    const known = this.tokens.get(login) ?? this.tokenFor(login);
    this.tokens.set(login, known);
    const response = await fetch(`http://127.0.0.1:${this.port}${address}`, { method: 'POST', headers: { authorization: `Bearer ${await known}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${address} by ${login} was answered ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  private async tokenFor(login: string): Promise<string> {
    return (await this.engine.doorkeeper.signInByLink(await this.engine.doorkeeper.openLink('login', this.account(login).id), 'e2e')).token;
  }

  /** Leaves every page that is open, and takes a picture of each if something went wrong with it. */
  async leaveAll(failedCheck: string | null): Promise<void> {
    for (const [index, visit] of this.visits.splice(0).entries()) {
      if (failedCheck !== null) await visit.picture(`failed-${failedCheck}-${index}`).catch(() => undefined);
      await visit.context.close();
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.host.close();
    await this.engine.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const watched = (context: BrowserContext, page: Page): Visit => {
  const complaints: string[] = [];
  const watch = (each: Page): void => {
    each.on('pageerror', (error) => complaints.push(`threw ${String(error)}`));
    each.on('console', (message) => {
      if (message.type() === 'error' && !expected.test(message.text())) complaints.push(`wrote ${message.text()}`);
    });
  };
  context.on('page', watch);
  watch(page);
  return {
    context, page, complaints,
    picture: async (name) => void (await page.screenshot({ path: join(pictures, `${name}.png`) })),
  };
};
