import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { freePorts } from './free-ports.js';
import { jarsOf, javaProgram } from './jars.js';
import type { KafkaVersion } from './jars.js';
import { scramCredentials, settingsOf } from './settings.js';
import type { Lock, Ports } from './settings.js';

const run = promisify(execFile);
/** Small and quick to start; a broker of a trial lives for seconds. */
const jvm = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];
const readyMs = 60_000;
const saidKept = 20_000;

interface Node {
  readonly id: number;
  readonly ports: Ports;
  readonly logs: string;
  readonly settings: string;
  process: ChildProcess | null;
  said: string;
}

/** Processes that must not outlive whoever started them. */
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface BrokerOptions {
  readonly count?: 1 | 3;
  /** With it every broker has a second door, where TLS is spoken and a name and a password are asked for. */
  readonly lock?: Lock;
  /** Where its folder is made; where temporary files are, unless told. */
  readonly within?: string;
}

/**
 * 真的 Kafka: one broker or three on free ports of this machine, KRaft, in a folder that goes away. Nothing of it outlives the process that
 * started it; what is stopped is stopped by its own process id.
 */
export class BrokerOnTrial {
  private constructor(
    private readonly folder: string,
    private readonly java: string,
    private readonly jars: string,
    private readonly nodes: readonly Node[],
  ) {}

  static async start(version: KafkaVersion, { count = 1, lock, within = tmpdir() }: BrokerOptions = {}): Promise<BrokerOnTrial> {
    const [jars, java] = [await jarsOf(version), await javaProgram()];
    const folder = await mkdtemp(join(within, 'threeloops-kafka-'));
    const free = await freePorts(count * 3);
    const all = Array.from({ length: count }, (_, index): Ports => ({ open: free[index * 3] ?? 0, controller: free[index * 3 + 1] ?? 0, locked: free[index * 3 + 2] ?? 0 }));
    const cluster = `a${randomBytes(16).toString('base64url').slice(1, 22)}`;
    const nodes: Node[] = [];
    for (const [index, ports] of all.entries()) {
      const id = index + 1;
      const settings = join(folder, `server-${id}.properties`);
      const logs = join(folder, `logs-${id}`);
      await mkdir(logs);
      await writeFile(settings, settingsOf(id, all, logs, lock));
      await run(java, [...jvm, '-cp', join(jars, '*'), 'kafka.tools.StorageTool', 'format', '-t', cluster, '-c', settings, ...(lock ? scramCredentials(lock) : [])]);
      nodes.push({ id, ports, logs, settings, process: null, said: '' });
    }
    const broker = new BrokerOnTrial(folder, java, jars, nodes);
    try {
      await Promise.all(nodes.map((node) => broker.startNode(node.id)));
      await broker.ready();
    } catch (error) {
      await broker.end();
      throw error;
    }
    return broker;
  }

  get addresses(): readonly string[] {
    return this.nodes.map(({ ports }) => `127.0.0.1:${ports.open}`);
  }

  /** The doors with a lock, by the name `host` of this machine. */
  lockedAddresses(host = '127.0.0.1'): readonly string[] {
    return this.nodes.map(({ ports }) => `${host}:${ports.locked}`);
  }

  /** All brokers go down and come back at the same ports with this lock. */
  async changeLock(lock: Lock): Promise<void> {
    await Promise.all(this.nodes.map(({ id }) => this.stopNode(id)));
    const all = this.nodes.map(({ ports }) => ports);
    await Promise.all(this.nodes.map(({ id, settings, logs }) => writeFile(settings, settingsOf(id, all, logs, lock))));
    await Promise.all(this.nodes.map(({ id }) => this.startNode(id)));
    await this.ready();
  }

  async startNode(id: number): Promise<void> {
    const node = this.nodeOf(id);
    const child = spawn(this.java, [...jvm, '-cp', join(this.jars, '*'), 'kafka.Kafka', node.settings], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    alive.add(child);
    const hear = (part: Buffer): void => {
      node.said = (node.said + part.toString()).slice(-saidKept);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => alive.delete(child));
    node.process = child;
  }

  /** Waits until all brokers that run know each other. */
  async ready(): Promise<void> {
    const wanted = this.nodes.filter((node) => node.process !== null).length;
    const until = performance.now() + readyMs;
    for (;;) {
      const known = await this.asAdmin(async (admin) => (await admin.describeCluster()).brokers.length).catch(() => 0);
      if (known >= wanted) return;
      const dead = this.nodes.find(({ id }) => this.gaveUp(id));
      if (dead || performance.now() > until) throw new Error(`the broker did not come up: ${(dead ?? this.nodes[0])?.said.slice(-3_000)}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** A sudden death, or an orderly end. */
  async stopNode(id: number, signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    const node = this.nodeOf(id);
    const { process: child } = node;
    node.process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGCONT');
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(impatience);
  }

  /** Whether it has ended by itself. */
  gaveUp(id: number): boolean {
    const { process: child } = this.nodeOf(id);
    return child !== null && (child.exitCode !== null || child.signalCode !== null);
  }

  /** Holds a broker still without ending its connections, or lets it go on. */
  freeze(id: number, still: boolean): void {
    this.nodeOf(id).process?.kill(still ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Returns when every partition has all its replicas; one broker knows of a new topic a moment before another. */
  async createTopics(topics: Readonly<Record<string, number>>): Promise<void> {
    const names = Object.keys(topics);
    await this.asAdmin((admin) => admin.createTopics({
      waitForLeaders: false, topics: names.map((topic) => ({ topic, numPartitions: topics[topic] ?? 1, replicationFactor: this.nodes.length })),
    }));
    const until = performance.now() + readyMs;
    const complete = (): Promise<boolean> => this.asAdmin(async (admin) =>
      (await admin.fetchTopicMetadata({ topics: names })).topics.every(({ partitions }) => partitions.length > 0 && partitions.every(({ isr, leader }) => leader >= 0 && isr.length === this.nodes.length)));
    while (!(await complete().catch(() => false))) {
      if (performance.now() > until) throw new Error(`the topics ${names.join(', ')} did not come up`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async asAdmin<Value>(work: (admin: Admin) => Promise<Value>): Promise<Value> {
    const admin = new Kafka({ clientId: 'trial', brokers: [...this.addresses], logLevel: logLevel.NOTHING, connectionTimeout: 1_000, requestTimeout: 3_000, retry: { retries: 3, initialRetryTime: 100 } }).admin();
    try {
      await admin.connect();
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  /** Everything is gone afterwards: processes and folder. */
  async end(): Promise<void> {
    await Promise.all(this.nodes.map(({ id }) => this.stopNode(id, 'SIGKILL')));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private nodeOf(id: number): Node {
    const node = this.nodes[id - 1];
    if (!node) throw new Error(`there is no broker ${id}`);
    return node;
  }
}
