import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BrokerAddress } from '#kafka';
import { Refusal } from '#kernel';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says of Kafka; files are named and not yet read. */
export interface KafkaSettings {
  /** `KAFKA_BROKERS`: `host:port` of some brokers with commas between them. Without it there is no Kafka at all. */
  readonly brokers: readonly string[];
  /** `KAFKA_TOPIC_PREFIX`: what the name of every topic begins with, default `threeloops`. */
  readonly prefix: string;
  /** `KAFKA_SSL=1`, or any of the files `KAFKA_SSL_CA`, `KAFKA_SSL_CERT` and `KAFKA_SSL_KEY` (PEM). */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  /** `KAFKA_SASL_MECHANISM` (`plain`, `scram-sha-256`, `scram-sha-512`), `KAFKA_SASL_USERNAME` and the file `KAFKA_SASL_PASSWORD_FILE`. */
  readonly sasl: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly passwordFile: string } | undefined;
  /** `KAFKA_CHANNEL_KEYS`: folder with the public keys of whoever may send, `LOGIN.pem` each. Without it nothing is taken in. */
  readonly channelKeysFolder: string | undefined;
}

/** What an engine needs to take part. */
export interface KafkaOptions {
  readonly address: BrokerAddress;
  /** Ed25519 public keys by login of a channel account; null where nothing is taken in. */
  readonly channelKeys: ReadonlyMap<string, KeyObject> | null;
}

const refuse = (setting: string, wanted: string, value?: string): never => {
  throw new Refusal('setting.unreadable', `${setting}${value === undefined ? '' : ` is "${value}"; it`} must be ${wanted}.`, { setting, ...(value === undefined ? {} : { value }) });
};

const mechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const names = ['KAFKA_TOPIC_PREFIX', 'KAFKA_SSL', 'KAFKA_SSL_CA', 'KAFKA_SSL_CERT', 'KAFKA_SSL_KEY', 'KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD_FILE', 'KAFKA_CHANNEL_KEYS'] as const;

const tlsIn = (said: (name: (typeof names)[number]) => string): KafkaSettings['tls'] => {
  const on = said('KAFKA_SSL');
  if (!['', '0', '1'].includes(on)) refuse('KAFKA_SSL', '0 or 1', on);
  const files = { ca: said('KAFKA_SSL_CA'), cert: said('KAFKA_SSL_CERT'), key: said('KAFKA_SSL_KEY') };
  const given = Object.fromEntries(Object.entries(files).filter(([, path]) => path !== '').map(([name, path]) => [name, resolve(path)]));
  if ((files.cert === '') !== (files.key === '')) refuse('KAFKA_SSL_CERT', 'set together with KAFKA_SSL_KEY, or neither');
  return on === '1' || Object.keys(given).length > 0 ? given : undefined;
};

const saslIn = (said: (name: (typeof names)[number]) => string): KafkaSettings['sasl'] => {
  const word = said('KAFKA_SASL_MECHANISM');
  if (word === '') return undefined;
  const mechanism = mechanisms.find((each) => each === word) ?? refuse('KAFKA_SASL_MECHANISM', `one of ${mechanisms.join(', ')}`, word);
  if (said('KAFKA_SASL_USERNAME') === '') refuse('KAFKA_SASL_USERNAME', 'set where KAFKA_SASL_MECHANISM is');
  if (said('KAFKA_SASL_PASSWORD_FILE') === '') refuse('KAFKA_SASL_PASSWORD_FILE', 'the name of the file that holds the password, where KAFKA_SASL_MECHANISM is set');
  return { mechanism, username: said('KAFKA_SASL_USERNAME'), passwordFile: resolve(said('KAFKA_SASL_PASSWORD_FILE')) };
};

/** Undefined where there is no Kafka. Refuses with `setting.unreadable`, naming the variable. */
export const kafkaIn = (environment: Environment): KafkaSettings | undefined => {
  const said = (name: (typeof names)[number]): string => environment[name] ?? '';
  const brokers = (environment['KAFKA_BROKERS'] ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '');
  if (brokers.length === 0) {
    const lonely = names.find((name) => said(name) !== '');
    return lonely === undefined ? undefined : refuse('KAFKA_BROKERS', `set where ${lonely} is`);
  }
  const unreadable = brokers.find((broker) => !/^[A-Za-z0-9_.[\]:-]+:\d{1,5}$/.test(broker));
  if (unreadable !== undefined) refuse('KAFKA_BROKERS', 'a list of host:port with commas between them', unreadable);
  const prefix = said('KAFKA_TOPIC_PREFIX') === '' ? 'threeloops' : said('KAFKA_TOPIC_PREFIX');
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(prefix)) refuse('KAFKA_TOPIC_PREFIX', 'letters, digits, dots, dashes and underscores', prefix);
  const folder = said('KAFKA_CHANNEL_KEYS');
  return { brokers, prefix, tls: tlsIn(said), sasl: saslIn(said), channelKeysFolder: folder === '' ? undefined : resolve(folder) };
};

const reading = async <Value>(setting: string, path: string, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work();
  } catch (error) {
    throw new Refusal('setting.unreadable', `${setting} names ${path}, which cannot be used: ${(error as Error).message}`, { setting, path });
  }
};

const keysIn = (folder: string): Promise<ReadonlyMap<string, KeyObject>> => reading('KAFKA_CHANNEL_KEYS', folder, async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.pem'));
  return new Map(await Promise.all(files.map(async (name): Promise<readonly [string, KeyObject]> => {
    const text = await readFile(join(folder, name), 'utf8');
    if (text.includes('PRIVATE KEY')) throw new Error(`${name} is a private key; only public keys belong here.`);
    const key = createPublicKey(text);
    if (key.asymmetricKeyType !== 'ed25519') throw new Error(`${name} is no Ed25519 key.`);
    return [name.slice(0, -'.pem'.length).toLowerCase(), key];
  })));
});

/** Reads the files that the settings name. Refuses with `setting.unreadable`, naming setting and file. */
export const loadKafka = async ({ kafka }: { readonly kafka: KafkaSettings | undefined }): Promise<{ readonly kafka?: KafkaOptions }> => {
  if (!kafka) return {};
  const { brokers, prefix, tls, sasl, channelKeysFolder } = kafka;
  const pem = async (part: 'ca' | 'cert' | 'key'): Promise<Partial<Record<typeof part, string>>> => {
    const path = tls?.[part];
    return path === undefined ? {} : { [part]: await reading(`KAFKA_SSL_${part.toUpperCase()}`, path, () => readFile(path, 'utf8')) };
  };
  const password = sasl && (await reading('KAFKA_SASL_PASSWORD_FILE', sasl.passwordFile, async () => (await readFile(sasl.passwordFile, 'utf8')).trim()));
  return {
    kafka: {
      address: {
        brokers, prefix: `${prefix}.`,
        ...(tls ? { tls: { ...(await pem('ca')), ...(await pem('cert')), ...(await pem('key')) } } : {}),
        ...(sasl && password !== undefined ? { sasl: { mechanism: sasl.mechanism, username: sasl.username, password } } : {}),
      },
      channelKeys: channelKeysFolder === undefined ? null : await keysIn(channelKeysFolder),
    },
  };
};
