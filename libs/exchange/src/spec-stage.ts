import { generateKeyPairSync } from 'node:crypto';
import { IncidentDesk, streamOf } from '#engine';
import type { Order, Outcome } from '#engine';
import type { Account } from '#identity';
import { Refusal, toIso } from '#kernel';
import { MemoryEventStore, MemoryKeyVault, SimulatedClock } from '#memory';
import { libraryOf } from '#reference';
import type { VitalSign } from '#reference';
import { smallPolicy, smallReference } from '#scenario';
import { CommandIntake } from './command-intake.js';
import { DeadLetters } from './dead-letters.js';
import { MemoryBus } from './memory-bus.js';
import { MemoryReadingBook } from './memory-reading-book.js';
import { ReadingIntake } from './reading-intake.js';
import { RecordGate, schemas, signedRecord } from './trusted-record.js';

export const monday9 = Date.parse('2026-11-23T01:00:00.000Z');

const depth: VitalSign = { sign: 'water-depth', name: '道路积水深度', unit: '厘米', alarmAt: 15, clearAt: 8, holdSeconds: 0, ruleId: 'E-05-01.1' };
const library = libraryOf([{ ...smallReference, policy: { ...smallPolicy, vitalSigns: [depth] } }]);

const account = (login: string, more: Partial<Account> = {}): Account => ({
  id: `account-${login}`, login, displayName: login, role: 'channel', unit: login, place: null, active: true, createdAt: toIso(monday9), ...more,
});

export type Login = 'hotline' | 'street-hotline' | 'sensors' | 'dismissed' | 'dispatcher' | 'sanitation' | 'roads' | 'nobody';

/** A photo that was uploaded. */
export const photo = { sha256: 'a'.repeat(64), bytes: 9 };

/** The intakes over memory, with channels that have keys: the real desk, the real rules. */
export class ExchangeStage {
  readonly store = new MemoryEventStore();
  readonly clock = new SimulatedClock(monday9);
  readonly vault = new MemoryKeyVault();
  readonly bus = new MemoryBus();
  readonly book = new MemoryReadingBook();
  readonly desk = new IncidentDesk({ store: this.store, clock: this.clock, library: () => library });
  readonly letters: DeadLetters;
  readonly commands: CommandIntake;
  readonly readings: ReadingIntake;
  /** Units to which an incident was ever dispatched. */
  readonly past = {
    incident: async ({ unit }: { readonly unit: string | null }, incidentId: string) =>
      (await this.store.readStream(streamOf(incidentId))).find(({ type, data }) => type === 'Dispatched' && (data as { accountableUnit: string }).accountableUnit === unit) ?? null,
  };
  readonly photos = {
    referencesTo: (sha256s: readonly string[]) => {
      if (sha256s.some((sha256) => sha256 !== photo.sha256)) return Promise.reject(new Refusal('photo.unknown', 'There is no photo with this hash.'));
      return Promise.resolve(sha256s.map(() => photo));
    },
  };
  /** Runs before every order: a place to be interrupted at. */
  before: (order: Order) => void = () => undefined;
  private readonly pairs = new Map<Login, ReturnType<typeof generateKeyPairSync>>();
  private offset = 0;
  private serial = 0;

  constructor() {
    for (const [topic, partitions] of [['commands', 2], ['sensor-readings', 2], ['dead-letters', 1]] as const) this.bus.createTopic(topic, partitions);
    for (const login of ['hotline', 'street-hotline', 'sensors', 'dismissed', 'dispatcher', 'sanitation', 'roads'] as const) this.pairs.set(login, generateKeyPairSync('ed25519'));
    const accounts = new Map([
      account('hotline'), account('street-hotline', { place: 'S1' }), account('sensors'), account('dismissed', { active: false }), account('dispatcher', { role: 'street-dispatcher', unit: 'S1-centre', place: 'S1' }),
      account('sanitation', { role: 'unit-handler', unit: 'S1-sanitation', place: 'S1' }), account('roads', { role: 'unit-handler', unit: 'S1-roads', place: 'S1' }),
    ].map((each) => [each.login, each]));
    const keys = new Map([...this.pairs].map(([login, { publicKey }]) => [login as string, publicKey]));
    const gate = new RecordGate({ keys, accountByLogin: (login) => Promise.resolve(accounts.get(login) ?? null) });
    this.letters = new DeadLetters(this.bus.publisher());
    const desk = {
      load: (id: string) => this.desk.load(id), loadAsOf: (id: string, position: number) => this.desk.loadAsOf(id, position),
      execute: async (order: Order): Promise<Outcome> => {
        this.before(order);
        return this.desk.execute(order);
      },
    };
    const parts = { desk, library: () => library, vault: this.vault, secret: new Uint8Array(32).fill(7), gate, letters: this.letters };
    this.commands = new CommandIntake({ ...parts, photos: this.photos, past: this.past });
    this.readings = new ReadingIntake({ ...parts, book: this.book, clock: this.clock });
  }

  report(body: unknown, login: Login = 'hotline', recordId = `r-${(this.serial += 1)}`, schema: string = schemas.report) {
    return this.record('commands', login, recordId, schema, body);
  }

  /** A command of a unit's own system. */
  said(type: string, body: unknown, login: Login = 'sanitation', recordId = `u-${(this.serial += 1)}`) {
    return { ...this.record('commands', login, recordId, `${type}/1`, body), key: 'one-incident' };
  }

  measured(body: unknown, login: Login = 'sensors') {
    return this.record('sensor-readings', login, `m-${(this.serial += 1)}`, schemas.readings, body);
  }

  /** As it would come in; offsets grow. */
  incoming(record: ReturnType<typeof signedRecord>) {
    return { topic: record.topic, partition: 0, offset: (this.offset += 1), key: record.key, value: Buffer.from(record.value), headers: record.headers };
  }

  async facts(): Promise<readonly { readonly type: string; readonly data: Readonly<Record<string, unknown>>; readonly actor: { readonly id: string } }[]> {
    return (await this.store.readAll(0, 1_000)) as never;
  }

  reasons(): readonly string[] {
    return this.bus.records('dead-letters').map(({ headers }) => headers['code'] ?? '');
  }

  async streams(): Promise<number> {
    return new Set((await this.store.readAll(0, 1_000)).map(({ stream }) => stream)).size;
  }

  streamOf = streamOf;

  private record(topic: string, login: Login, recordId: string, schema: string, body: unknown) {
    const pair = this.pairs.get(login) ?? generateKeyPairSync('ed25519');
    return signedRecord({ topic, recordId, channel: login, schema }, null, body, pair.privateKey as never);
  }
}
