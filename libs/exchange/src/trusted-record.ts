import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { actorOf } from '#identity';
import type { Account, AccountRole } from '#identity';
import { Refusal, second } from '#kernel';
import type { Actor } from '#kernel';
import type { IncomingRecord, OutgoingRecord } from './bus.js';

const bytesMax = 256 * 1024;
const believedMs = 3 * second;
const idPattern = /^[\x21-\x7e]{1,100}$/;

/** Kinds of record that the engine takes in beside the commands of units, with the version of their shape. */
export const schemas = { report: 'ReportIncident/1', readings: 'SensorReadings/1' } as const;

/** Who may work by a system of their own: channels, and units that get work. Desks are sat at. */
const senders: readonly AccountRole[] = ['channel', 'unit-handler'];

interface Claims {
  readonly topic: string;
  readonly recordId: string;
  readonly channel: string;
  readonly schema: string;
}

/** What is signed: where the record goes, under which id, by whom, in which shape, and every byte of it. So it counts once, there, and as it is. */
const signedBytes = ({ topic, recordId, channel, schema }: Claims, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`threeloops-record-v1\n${topic}\n${recordId}\n${channel}\n${schema}\n`), value]);

/** 签署 A record as a channel sends it; for senders that are written in this language, and for trials. */
export const signedRecord = (claims: Claims, key: string | null, body: unknown, privateKey: KeyObject): OutgoingRecord => {
  const value = JSON.stringify(body);
  const { topic, recordId, channel, schema } = claims;
  const signature = sign(null, signedBytes(claims, Buffer.from(value)), privateKey).toString('base64url');
  return { topic, key, value, headers: { 'record-id': recordId, channel, schema, signature } };
};

/** A record of which it is known who sent it. */
export interface TrustedRecord {
  readonly account: Account;
  readonly actor: Actor;
  readonly recordId: string;
  readonly schema: string;
  readonly body: unknown;
}

export interface Trust {
  /** Ed25519 public keys by login. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly accountByLogin: (login: string) => Promise<Account | null>;
}

/**
 * 验签 Nothing on a bus says by itself who sent it (whoever may write to a topic can write anything), so a record names an account and carries
 * its signature. Refuses with `record.*`; the sentences repeat nothing of what the record holds.
 */
export class RecordGate {
  private readonly believed: LRUCache<string, { readonly account: Account | null; readonly until: number }>;

  constructor(
    private readonly trust: Trust,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.believed = new LRUCache({ max: 1_000 });
  }

  async open({ topic, value, headers }: IncomingRecord, taken: readonly string[]): Promise<TrustedRecord> {
    const { 'record-id': recordId = '', channel = '', schema: said = '', signature = '' } = headers;
    if (value === null || value.length === 0) throw new Refusal('record.empty', 'The record says nothing.');
    if (value.length > bytesMax) throw new Refusal('record.too-large', `The record is longer than ${bytesMax} bytes.`);
    if (!idPattern.test(recordId)) throw new Refusal('record.id-missing', 'The header record-id is 1 to 100 visible letters of ASCII that the sender gives to this record and to its repeats alone.');
    const login = channel.toLowerCase();
    const key = this.trust.keys.get(login);
    if (!key) throw new Refusal('record.channel-unknown', 'The header channel names nobody whose key is known here.');
    if (!verify(null, signedBytes({ topic, recordId, channel, schema: said }, value), key, Buffer.from(signature, 'base64url'))) {
      throw new Refusal('record.signature-wrong', 'The header signature is not that of the channel over this record.');
    }
    if (!taken.includes(said)) throw new Refusal('record.schema-unknown', `The header schema is not one that is read here; this topic takes ${taken.join(', ')}.`);
    const account = await this.account(login);
    if (!account?.active || !senders.includes(account.role)) throw new Refusal('record.channel-closed', 'The sender has no account here that is active and of a channel or a unit.');
    return { account, actor: actorOf(account), recordId, schema: said, body: this.json(value) };
  }

  /** The parser of the language repeats what it could not read: its words stay here. */
  private json(value: Uint8Array): unknown {
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value));
    } catch {
      throw new Refusal('record.unreadable', 'The record is not JSON in UTF-8.');
    }
  }

  private async account(login: string): Promise<Account | null> {
    const known = this.believed.get(login);
    if (known && this.now() < known.until) return known.account;
    const account = await this.trust.accountByLogin(login);
    this.believed.set(login, { account, until: this.now() + believedMs });
    return account;
  }
}
