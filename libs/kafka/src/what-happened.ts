import { Unavailable } from '#kernel';
import type { BusState } from '#exchange';

interface ClientError {
  readonly name?: string;
  readonly type?: string;
  readonly message?: string;
  readonly code?: string;
  readonly cause?: unknown;
}

/** An error and what caused it, outermost first. */
const chainOf = (error: unknown): readonly ClientError[] => {
  const chain: ClientError[] = [];
  for (let each = error; typeof each === 'object' && each !== null && chain.length < 8; each = (each as ClientError).cause) chain.push(each as ClientError);
  return chain;
};

const refusals = new Set([
  'TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED', 'SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'ILLEGAL_SASL_STATE', 'SECURITY_DISABLED',
]);
const certificate = /certificate|self.signed|unable to verify|TLS|SSL|wrong version number|EPROTO|altname/i;
/**
 * A broker that goes or stands still in the middle of letting us in has refused nothing. kafkajs 2.2.4 calls that a failure of authentication too, and
 * keeps of its cause only the message (`broker/saslAuthenticator/plain.js`, `scram.js`); what a broker says itself never stands first there.
 */
const lostAtTheDoor = /authentication failed: (Request .* timed out$|Closed connection|Connection (error|timeout|closed)|Failed to connect|Not connected)|disconnected before secure TLS/i;
const sockets = /ECONN|ETIMEDOUT|EHOST|ENET|EPIPE|ENOTFOUND|EAI_AGAIN|Connection|closed|timeout|timed out/i;

/** Which state an error of the client stands for. */
export const stateOf = (error: unknown): Exclude<BusState, 'starting' | 'working' | 'stopped'> => {
  const chain = chainOf(error);
  if (chain.some(({ message = '' }) => lostAtTheDoor.test(message))) return 'broker-away';
  if (chain.some(({ type = '', name = '' }) => refusals.has(type) || name === 'KafkaJSSASLAuthenticationError')) return 'refused';
  if (chain.some(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'INVALID_TOPIC_EXCEPTION')) return 'topic-missing';
  if (chain.some(({ message = '' }) => certificate.test(message))) return 'refused';
  const fromClient = chain.some(({ name = '', code = '', message = '' }) => name.startsWith('KafkaJS') || sockets.test(code) || sockets.test(message));
  return fromClient ? 'broker-away' : 'held-up';
};

/** What a person has to know, without addresses of the network; those stand in the log for operators. */
const sentences: Readonly<Record<ReturnType<typeof stateOf>, string>> = {
  'broker-away': 'No Kafka broker answers, or too few of them to keep what is sent.',
  'topic-missing': 'A topic that is needed is not there; topics are made by whoever runs Kafka.',
  refused: 'Kafka does not let us in, or we do not trust its certificate.',
  'held-up': 'What came in could not be handled and is tried again.',
};

const innermost = (error: unknown): string => chainOf(error).at(-1)?.message ?? String(error);

export const sentenceOf = (error: unknown): string => sentences[stateOf(error)];

const codes: Readonly<Record<ReturnType<typeof stateOf>, string>> = {
  'broker-away': 'broker.away', 'topic-missing': 'broker.topic-missing', refused: 'broker.refused', 'held-up': 'broker.away',
};

export const unavailable = (error: unknown): Unavailable => Object.assign(new Unavailable(codes[stateOf(error)], `${sentenceOf(error)} (${innermost(error)})`), { cause: error });
