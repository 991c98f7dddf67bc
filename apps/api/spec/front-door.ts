import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { IncidentDesk, ReferenceShelf } from '#engine';
import { FigureDesk } from '#figures';
import { Doorkeeper, MemoryIdentityStore, PasswordHashes } from '#identity';
import type { Account, AccountRole } from '#identity';
import { MemoryEventStore, MemoryKeyVault, SimulatedClock } from '#memory';
import { MemoryPhotoStore } from '#photos';
import { smallLibrary } from '#scenario';
import type { ApiOptions, ApiPorts } from '../src/ports.js';
import { createApi } from '../src/server.js';
import { openApiOf } from '../src/watch/open-api.js';
import { FoldedLedgers } from './folded-ledgers.js';
import { FoldedViews } from './folded-views.js';
import { MemoryEvidenceBook } from './memory-evidence-book.js';
import { MemoryReferenceContents } from './memory-reference-contents.js';

const monday9 = Date.parse('2026-11-23T01:00:00.000Z');

type Person = readonly [role: AccountRole, unit: string, place: string | null];

/** One of each, in the small city: who they act for and what they answer for. */
export const persons = {
  gridWorker: ['grid-worker', 'S1A-station', 'S1A1'],
  neighbour: ['grid-worker', 'S1B-station', 'S1B'],
  street: ['street-dispatcher', 'S1-centre', 'S1'],
  otherStreet: ['street-dispatcher', 'S2-centre', 'S2'],
  sanitation: ['unit-handler', 'S1-sanitation', 'S1'],
  roads: ['unit-handler', 'S1-roads', 'S1'],
  district: ['district-dispatcher', 'YP-centre', 'YP'],
  city: ['city-dispatcher', 'SH-centre', 'SH'],
  analyst: ['analyst', 'YP-centre', 'YP'],
  auditor: ['auditor', 'YP-centre', 'YP'],
  administrator: ['administrator', 'administration', null],
  hotline: ['channel', 'hotline-12345', null],
  sensors: ['channel', 'sensors', null],
} as const satisfies Record<string, Person>;

export type PersonName = keyof typeof persons;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly bytes: Buffer;
  // What a specification expects of an answer is said by its matchers, field by field.
  readonly json: ReturnType<typeof JSON.parse>;
}

export interface Asked {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?: string;
}

/** The whole front door over memory: the real desk, the real rules, a simulated clock. */
export class FrontDoor {
  readonly store = new MemoryEventStore();
  readonly vault = new MemoryKeyVault();
  readonly clock = new SimulatedClock(monday9);
  readonly views = new FoldedViews(this.store);
  readonly ledgers = new FoldedLedgers(this.store);
  readonly figures = new FigureDesk(this.store, this.ledgers, this.ledgers);
  readonly photos = new MemoryPhotoStore();
  readonly evidence = new MemoryEvidenceBook(this.store, this.clock);
  /** The time on the wall, for sessions. */
  wall = monday9;
  readonly doorkeeper = new Doorkeeper(new MemoryIdentityStore(), () => this.wall, new PasswordHashes());
  readonly desk = new IncidentDesk({ store: this.store, clock: this.clock, library: () => smallLibrary, chance: () => 0.5 });
  readonly shelf = new ReferenceShelf(this.store, new MemoryReferenceContents(), this.clock);
  readonly registry = new Registry();
  readonly logged: string[] = [];
  app!: NestFastifyApplication;
  origin = '';
  private readonly tokens = new Map<PersonName, Promise<string>>();
  readonly accounts = new Map<PersonName, Account>();

  static async open(options: ApiOptions = {}, change: (ports: ApiPorts) => Partial<ApiPorts> = () => ({})): Promise<FrontDoor> {
    const door = new FrontDoor();
    const { store, vault, clock, views, ledgers, figures, photos, doorkeeper, desk, evidence, shelf } = door;
    const log = pino({ level: 'debug' }, { write: (line: string) => void door.logged.push(line) });
    const ports: ApiPorts = { store, vault, clock, views, history: views, ledgers, figures, photos, doorkeeper, desk, evidence, shelf, log, library: () => smallLibrary, libraryAsOf: () => smallLibrary, registry: door.registry, secret: new Uint8Array(32).fill(7) };
    door.app = await createApi({ ...ports, ...change(ports) }, options);
    await door.app.listen(0, '127.0.0.1');
    door.origin = await door.app.getUrl();
    return door;
  }

  document(): OpenAPIObject {
    return openApiOf(this.app);
  }

  async close(): Promise<void> {
    await this.app.close();
  }

  /** A session of one of the persons; the account is made when it is first needed. */
  tokenOf(person: PersonName): Promise<string> {
    const known = this.tokens.get(person) ?? this.letIn(person);
    this.tokens.set(person, known);
    return known;
  }

  private async letIn(person: PersonName): Promise<string> {
    const [role, unit, place] = persons[person];
    const account = await this.doorkeeper.addAccount({ login: person, displayName: `${person} 测试`, role, unit, place });
    this.accounts.set(person, account);
    return (await this.doorkeeper.signInByLink(await this.doorkeeper.openLink('login', account.id), 'spec')).token;
  }

  async ask(person: PersonName | null, method: string, url: string, { body, headers = {}, type }: Asked = {}): Promise<Answer> {
    const signed = person === null ? {} : { authorization: `Bearer ${await this.tokenOf(person)}` };
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const response = await fetch(`${this.origin}${url}`, {
      method,
      redirect: 'manual',
      headers: { ...signed, ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString('utf8');
    const json = /[/+]json\b/.test(String(response.headers.get('content-type'))) && text !== '' ? (JSON.parse(text) as unknown) : null;
    return { status: response.status, headers: Object.fromEntries(response.headers), text, bytes, json };
  }

  get(person: PersonName | null, url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(person, 'GET', url, { headers });
  }

  post(person: PersonName | null, url: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(person, 'POST', url, { body, headers });
  }

  /** A report that the grid worker of grid S1A1 makes, or something like it. */
  async reported(more: object = {}, person: PersonName = 'gridWorker'): Promise<string> {
    const answer = await this.post(person, '/api/incidents', { channel: 'grid', gridCode: 'S1A1', ruleHint: 'E-01-02.1', ...more });
    if (answer.status !== 201) throw new Error(`the report was not taken: ${answer.text}`);
    return (answer.json as { incidentId: string }).incidentId;
  }

  /** Carries out commands one after the other; each must succeed. */
  async told(incidentId: string, ...steps: readonly (readonly [PersonName, string, object?])[]): Promise<void> {
    for (const [person, path, body = {}] of steps) {
      const answer = await this.post(person, `/api/incidents/${incidentId}/${path}`, body);
      if (answer.status !== 200) throw new Error(`${path} by ${person} was not taken: ${answer.text}`);
    }
  }
}
