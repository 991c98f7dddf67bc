import { describe, expect, it } from '@jest/globals';
import { StallWatch } from './stall-watch.js';
import { sentenceOf, stateOf, unavailable } from './what-happened.js';

const error = (name: string, more: object = {}): Error => Object.assign(new Error('deep inside, at 10.0.0.7:9092'), { name, ...more });

describe('what the client meets', () => {
  it.each([
    ['topic-missing', error('KafkaJSNumberOfRetriesExceeded', { cause: error('KafkaJSProtocolError', { type: 'UNKNOWN_TOPIC_OR_PARTITION' }) })],
    ['refused', error('KafkaJSNonRetriableError', { cause: error('KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED' }) })],
    ['refused', error('KafkaJSSASLAuthenticationError')],
    ['refused', error('KafkaJSConnectionError', { message: 'Connection error: self-signed certificate' })],
    ['refused', error('KafkaJSSASLAuthenticationError', { message: 'SASL PLAIN authentication failed: Authentication failed: Invalid username or password' })],
    ['refused', error('KafkaJSConnectionError', { message: "Connection error: Hostname/IP does not match certificate's altnames: Host: localhost. is not in the cert's altnames: IP Address:127.0.0.1" })],
    ['broker-away', error('KafkaJSSASLAuthenticationError', { message: 'SASL PLAIN authentication failed: Request SaslAuthenticate(key: 36, version: 1) timed out' })],
    ['broker-away', error('KafkaJSSASLAuthenticationError', { message: 'SASL SCRAM SHA512 authentication failed: Closed connection' })],
    ['broker-away', error('KafkaJSConnectionError', { message: 'Connection error: Client network socket disconnected before secure TLS connection was established' })],
    ['broker-away', error('KafkaJSConnectionError', { code: 'ECONNREFUSED' })],
    ['broker-away', error('KafkaJSProtocolError', { type: 'NOT_ENOUGH_REPLICAS' })],
    ['broker-away', new Error('timed out after 7000 ms')],
    ['held-up', new TypeError('undefined is not a function')],
  ])('is the state %s, in a sentence without addresses', (state, met) => {
    expect(stateOf(met)).toBe(state);
    expect(sentenceOf(met)).not.toContain('10.0.0.7');
    expect(unavailable(met).code).toBe(state === 'held-up' ? 'broker.away' : `broker.${state === 'broker-away' ? 'away' : state}`);
  });
});

describe('a consumer that stands still', () => {
  it('is told from one that has nothing to do, and from one that works', () => {
    let now = 0;
    const watch = new StallWatch(60_000, () => now);
    const later = (ms: number): boolean => {
      now += ms;
      return watch.stalled();
    };
    expect(later(60_000)).toBe(false);
    expect(later(1)).toBe(true);
    watch.begin();
    for (let minute = 0; minute < 10; minute += 1) {
      watch.alive();
      expect(later(50_000)).toBe(false);
    }
    watch.handled('commands/0', 5);
    watch.alive();
    expect(later(60_000)).toBe(false);
    watch.handled('commands/1', 5);
    expect(later(1)).toBe(true);
    watch.handled('commands/0', 0);
    expect(later(59_000)).toBe(false);
    watch.dealt();
    watch.alive();
    expect(later(60_000)).toBe(false);
  });
});
