import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const kafkaVersions = ['3.9.1', '4.1.1'] as const;
export type KafkaVersion = (typeof kafkaVersions)[number];

/** What `.test` keeps is fetched once and is no part of the repository. */
const home = join(process.cwd(), '.test', 'kafka');
const pom = join(process.cwd(), 'test', 'kafka', 'broker', 'pom.xml');

const missing = (program: string, error: unknown): Error =>
  new Error(`${program} is needed for a real broker and could not be run (on Debian: apt-get install openjdk-17-jre-headless maven): ${(error as Error).message}`);

/** Folder with the jars of a Kafka version, fetched by Maven where they are not there yet: whole or not at all. */
export const jarsOf = async (version: KafkaVersion): Promise<string> => {
  const folder = join(home, version, 'lib');
  if ((await readdir(folder).catch(() => [])).some((name) => name.startsWith('kafka_2.13'))) return folder;
  const coming = `${folder}.${process.pid}`;
  await mkdir(coming, { recursive: true });
  try {
    const logging = version.startsWith('3.') ? 'reload4j' : 'log4j2';
    await run('mvn', ['-q', '-B', '-f', pom, `-P${logging}`, `-Dkafka.version=${version}`, 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${coming}`], { timeout: 300_000 })
      .catch((error: unknown) => {
        throw missing('mvn', error);
      });
    await rename(coming, folder);
  } finally {
    await rm(coming, { recursive: true, force: true });
  }
  return folder;
};

/** Where Java is: JAVA_HOME, or the one on the path. Kafka 4 wants 17 or later. */
export const javaProgram = async (): Promise<string> => {
  const java = process.env['JAVA_HOME'] ? join(process.env['JAVA_HOME'], 'bin', 'java') : 'java';
  await run(java, ['-version']).catch((error: unknown) => {
    throw missing('java', error);
  });
  return java;
};
