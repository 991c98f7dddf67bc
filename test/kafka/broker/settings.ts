/** A second door of a broker: TLS with this certificate, and SASL (PLAIN or SCRAM) with one person who may come in. */
export interface Lock {
  readonly certificate: string;
  readonly key: string;
  readonly username: string;
  readonly password: string;
  /** Where it is given, whoever comes shows a certificate, and this one alone is trusted. */
  readonly clients?: string;
}

/** Where a broker is: to itself and to the trial, to the other controllers, and to whoever has to show who he is. */
export interface Ports {
  readonly open: number;
  readonly controller: number;
  readonly locked: number;
}

const inOneLine = (pem: string): string => pem.trim().replaceAll('\n', '\\n');

const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** How the storage of a broker is told of who may come in by SCRAM: the broker keeps no password, only what proves one. */
export const scramCredentials = ({ username, password }: Lock): readonly string[] => scram.flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${username},password=${password}]`]);

const lockOf = ({ certificate, key, username, password, clients }: Lock): readonly string[] => [
  'listener.name.locked.ssl.keystore.type=PEM', `listener.name.locked.ssl.keystore.certificate.chain=${inOneLine(certificate)}`, `listener.name.locked.ssl.keystore.key=${inOneLine(key)}`,
  ...(clients === undefined ? [] : ['listener.name.locked.ssl.client.auth=required', 'listener.name.locked.ssl.truststore.type=PEM', `listener.name.locked.ssl.truststore.certificates=${inOneLine(clients)}`]),
  `listener.name.locked.sasl.enabled.mechanisms=${['PLAIN', ...scram].join(',')}`,
  ...scram.map((mechanism) => `listener.name.locked.${mechanism.toLowerCase()}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;`),
  `listener.name.locked.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`,
];

/** The settings of one broker of some, each a controller too; between them everything is open. */
export const settingsOf = (id: number, all: readonly Ports[], logs: string, lock?: Lock): string => {
  const nodes = all.length;
  const { open, controller, locked } = all[id - 1] ?? { open: 0, controller: 0, locked: 0 };
  const doors = [`PLAINTEXT://127.0.0.1:${open}`, ...(lock ? [`LOCKED://127.0.0.1:${locked}`] : [])].join(',');
  return [
    'process.roles=broker,controller', `node.id=${id}`, `controller.quorum.voters=${all.map((each, index) => `${index + 1}@127.0.0.1:${each.controller}`).join(',')}`,
    `listeners=${doors},CONTROLLER://127.0.0.1:${controller}`, `advertised.listeners=${doors}`,
    'controller.listener.names=CONTROLLER', 'inter.broker.listener.name=PLAINTEXT', 'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOCKED:SASL_SSL',
    `log.dirs=${logs}`, 'num.partitions=3', 'auto.create.topics.enable=false', 'group.initial.rebalance.delay.ms=0', 'group.min.session.timeout.ms=1000',
    `offsets.topic.replication.factor=${nodes}`, 'offsets.topic.num.partitions=5', `transaction.state.log.replication.factor=${nodes}`, 'transaction.state.log.min.isr=1',
    `share.coordinator.state.topic.replication.factor=${nodes}`, 'share.coordinator.state.topic.min.isr=1',
    `default.replication.factor=${nodes}`, `min.insync.replicas=${Math.min(2, nodes)}`, 'broker.session.timeout.ms=4000', 'broker.heartbeat.interval.ms=500', 'replica.lag.time.max.ms=3000',
    ...(lock ? lockOf(lock) : []),
  ].join('\n');
};
