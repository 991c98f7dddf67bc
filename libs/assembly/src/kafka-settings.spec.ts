import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '#kernel';
import { kafkaIn, loadKafka } from './kafka-settings.js';

const brokers = { KAFKA_BROKERS: 'a.example:9092, b.example:9092' };

describe('the settings of Kafka', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'threeloops-kafka-settings-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('without brokers there is no Kafka', async () => {
    expect(kafkaIn({})).toBeUndefined();
    expect(await loadKafka({ kafka: undefined })).toEqual({});
  });

  it('are read whole, with a prefix of their own where none is said', async () => {
    expect(kafkaIn(brokers)).toEqual({ brokers: ['a.example:9092', 'b.example:9092'], prefix: 'threeloops', tls: undefined, sasl: undefined, channelKeysFolder: undefined });
    expect(await loadKafka({ kafka: kafkaIn({ ...brokers, KAFKA_TOPIC_PREFIX: 'yp' }) })).toEqual({ kafka: { address: { brokers: ['a.example:9092', 'b.example:9092'], prefix: 'yp.' }, channelKeys: null } });
  });

  it.each([
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'somewhere' }],
    ['KAFKA_BROKERS', { KAFKA_TOPIC_PREFIX: 'yp' }],
    ['KAFKA_TOPIC_PREFIX', { ...brokers, KAFKA_TOPIC_PREFIX: 'a b' }],
    ['KAFKA_SSL', { ...brokers, KAFKA_SSL: 'yes' }],
    ['KAFKA_SSL_CERT', { ...brokers, KAFKA_SSL_CERT: 'cert.pem' }],
    ['KAFKA_SASL_MECHANISM', { ...brokers, KAFKA_SASL_MECHANISM: 'gssapi' }],
    ['KAFKA_SASL_USERNAME', { ...brokers, KAFKA_SASL_MECHANISM: 'plain' }],
    ['KAFKA_SASL_PASSWORD_FILE', { ...brokers, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'engine' }],
  ])('refuse %s when it cannot be read', (setting, environment) => {
    expect(() => kafkaIn(environment)).toThrow(expect.objectContaining({ code: 'setting.unreadable', details: expect.objectContaining({ setting }) }));
  });

  it('bring the files that they name', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    await writeFile(join(folder, 'Hotline-12345.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    await writeFile(join(folder, 'ca.crt'), 'certificate');
    await writeFile(join(folder, 'password'), 'secret\n');
    const { kafka } = await loadKafka({ kafka: kafkaIn({
      ...brokers, KAFKA_SSL_CA: join(folder, 'ca.crt'), KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_SASL_USERNAME: 'engine', KAFKA_SASL_PASSWORD_FILE: join(folder, 'password'), KAFKA_CHANNEL_KEYS: folder,
    }) });
    expect(kafka?.address).toMatchObject({ tls: { ca: 'certificate' }, sasl: { mechanism: 'scram-sha-512', username: 'engine', password: 'secret' } });
    expect([...(kafka?.channelKeys ?? new Map()).keys()]).toEqual(['hotline-12345']);
  });

  it('refuse a key that is private, of another kind, or a file that is not there', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey;
    const load = (): Promise<unknown> => loadKafka({ kafka: kafkaIn({ ...brokers, KAFKA_CHANNEL_KEYS: folder }) });
    await writeFile(join(folder, 'one.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await expect(load()).rejects.toThrow(/private key/);
    await writeFile(join(folder, 'one.pem'), rsa.export({ type: 'spki', format: 'pem' }));
    await expect(load()).rejects.toThrow(/no Ed25519 key/);
    await expect(loadKafka({ kafka: kafkaIn({ ...brokers, KAFKA_SSL_CA: join(folder, 'none') }) })).rejects.toThrow(Refusal);
  });
});
