import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BrokerOnTrial } from './broker/broker.js';
import { kafkaVersions } from './broker/jars.js';
import type { KafkaVersion } from './broker/jars.js';

const trials = readdirSync('test/kafka').filter((name) => name.endsWith('.trial.ts')).map((name) => name.slice(0, -'.trial.ts'.length));

const usage = `npm run test:kafka -- [--version ${kafkaVersions.join('|')}] [--only TRIAL,…] [--serve]
  --version  which Kafka is started (default ${kafkaVersions[0]}); fetched by Maven into .test on first use, run by Java 17
  --only     some of the trials: ${trials.join(', ')}
  --serve    no trial: one broker with the topics of an engine until Ctrl-C, its address on the first line`;

const readOptions = (): { readonly version: KafkaVersion; readonly only: readonly string[]; readonly serve: boolean } => {
  try {
    const { values } = parseArgs({ options: { version: { type: 'string' }, only: { type: 'string' }, serve: { type: 'boolean' }, help: { type: 'boolean' } } });
    if (values.help) {
      process.stdout.write(`${usage}\n`);
      process.exit(0);
    }
    const version = kafkaVersions.find((each) => each === (values.version ?? kafkaVersions[0]));
    if (!version) throw new Error(`--version is one of ${kafkaVersions.join(', ')}, not "${values.version}".`);
    const only = values.only?.split(',') ?? trials;
    const unknown = only.find((name) => !trials.includes(name));
    if (unknown !== undefined) throw new Error(`There is no trial "${unknown}".`);
    return { version, only, serve: values.serve === true };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}\n`);
    return process.exit(2);
  }
};

const serve = async (version: KafkaVersion): Promise<void> => {
  const broker = await BrokerOnTrial.start(version);
  const leave = (): void => void broker.end().finally(() => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave);
  const prefix = process.env['KAFKA_TOPIC_PREFIX'] ?? 'threeloops';
  const names = ['facts.incident', 'facts.reference', 'facts.figures', 'commands', 'sensor-readings', 'dead-letters'];
  await broker.createTopics(Object.fromEntries(names.map((name) => [`${prefix}.${name}`, 6])));
  process.stdout.write(`KAFKA_BROKERS=${broker.addresses.join(',')}\nKafka ${version} with the topics ${prefix}.{${names.join(',')}}. Ctrl-C ends it.\n`);
  await new Promise(() => undefined);
};

/** The trials are specs that a machine without Java cannot run, so `npm test` does not know them. One after the other: a broker wants the machine. */
const tryOut = (version: KafkaVersion, only: readonly string[]): Promise<number> => new Promise((resolve, reject) => {
  const child = spawn(process.execPath, [
    '--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--runInBand', '--forceExit', '--testTimeout', '180000', '--testRegex', `test/kafka/(${only.join('|')})\\.trial\\.ts$`,
  ], { stdio: 'inherit', env: { ...process.env, KAFKA_TRIAL_VERSION: version } });
  child.once('error', reject).once('exit', (code) => resolve(code ?? 1));
});

const { version, only, serve: serving } = readOptions();
if (serving) await serve(version);
else process.exitCode = await tryOut(version, only);
