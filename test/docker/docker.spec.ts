import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settingsFrom } from '#assembly';

interface Service {
  readonly image: string;
  readonly build?: { readonly dockerfile: string };
  readonly profiles: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly env_file?: readonly string[];
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[];
  readonly healthcheck?: Readonly<Record<string, unknown>>;
  readonly mem_limit?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** It comes with other tools and nothing that runs needs it. */
const parserName = 'yaml';
const parsed = async (path: string): Promise<unknown> => {
  const { parse } = (await import(parserName)) as { readonly parse: (text: string, options: object) => unknown };
  return parse(await readFile(path, 'utf8'), { merge: true });
};

const folder = 'docker';
const text = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
const unexact = /:(latest|stable|edge|main)$/;
const exactly = /:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/;

describe('the image 镜像', () => {
  let lines: readonly string[] = [];
  beforeAll(async () => {
    lines = (await text('Dockerfile')).split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  });
  const those = (instruction: string): readonly string[] => lines.filter((line) => line.startsWith(`${instruction} `));

  it('begins from exact versions of Node 24, copies and never adds, and has one command, as a list', () => {
    expect(those('FROM').map((line) => /^FROM node:24\.\d+\.\d+-bookworm-slim( AS build)?$/.test(line))).toEqual([true, true]);
    expect(those('ADD')).toEqual([]);
    expect(those('CMD').map((line) => Array.isArray(JSON.parse(line.slice(4))))).toEqual([true]);
    expect(those('ENTRYPOINT')).toEqual([]);
  });

  it('runs as somebody without rights, from the last stage on, without the tools that built it', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.findIndex((line) => line.startsWith('USER '))).toBeGreaterThan(last.findLastIndex((line) => line.startsWith('RUN ') || line.startsWith('COPY ')));
    expect(lines.some((line) => line.includes('npm ci'))).toBe(true);
    expect(lines.some((line) => line.includes('npm prune --omit=dev'))).toBe(true);
  });
});

describe('the composition 编排', () => {
  let compose: Compose;
  let services: readonly (readonly [string, Service])[] = [];
  let made: string;
  beforeAll(async () => {
    compose = (await parsed(join(folder, 'compose.yaml'))) as Compose;
    services = Object.entries(compose.services);
    made = await mkdtemp(join(tmpdir(), 'threeloops-secrets-'));
    await promisify(execFile)('bash', [join(folder, 'secrets.sh'), made]);
  }, 60_000);
  afterAll(() => rm(made, { recursive: true, force: true }));

  const there = (path: string): boolean => existsSync(path.startsWith('./secrets/') ? join(made, path.slice('./secrets/'.length)) : join(folder, path));
  const inCity = (): readonly string[] => services.filter(([, { profiles }]) => profiles.includes('city')).map(([name]) => name);

  it('has one engine in one profile and a whole city in the other', () => {
    expect(services.filter(([, { profiles }]) => profiles.includes('one')).map(([name]) => name)).toEqual(['engine']);
    expect(inCity()).toEqual([
      'door-1', 'door-2', 'worker-1', 'worker-2', 'postgres', 'postgres-standby', 'kurrent-1', 'kurrent-2', 'kurrent-3', 'kafka-1', 'kafka-2', 'kafka-3', 'kafka-topics', 'prometheus', 'grafana',
    ]);
  });

  it('pins every image, bounds the memory of everything and knows how everything is but what ends by itself', () => {
    for (const [name, { image, mem_limit, healthcheck, build }] of services) {
      expect([name, exactly.test(image) && !unexact.test(image)]).toEqual([name, true]);
      expect([name, typeof mem_limit]).toEqual([name, 'string']);
      // The engine's own image brings its check along.
      expect([name, healthcheck !== undefined || build !== undefined]).toEqual([name, true]);
      expect([name, healthcheck?.['disable'] ?? false]).toEqual([name, name === 'kafka-topics']);
    }
  });

  it('names nothing that is not there: files, volumes, secrets, programs, neighbours', async () => {
    for (const [name, { volumes = [], secrets = [], env_file = [], depends_on = [], command = [], build }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        const known = source.startsWith('.') ? there(source) || source === './secrets/log.keys' : source in compose.volumes;
        expect([name, source, known]).toEqual([name, source, true]);
      }
      for (const secret of secrets) expect([name, secret, secret in compose.secrets]).toEqual([name, secret, true]);
      for (const file of env_file) expect([name, file, there(file)]).toEqual([name, file, true]);
      for (const other of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)) expect([name, other, other in compose.services]).toEqual([name, other, true]);
      const program = build ? command.find((word) => word.startsWith('dist/')) : undefined;
      if (program) expect([name, existsSync(program.replace(/^dist\//, '').replace(/\.js$/, '.ts'))]).toEqual([name, true]);
    }
    for (const { file } of Object.values(compose.secrets)) expect([file, there(file)]).toEqual([file, true]);
  });

  it('keeps secrets out of the file and out of the repository', async () => {
    for (const [name, { environment = {} }] of services) {
      for (const [key, value] of Object.entries(environment)) if (/PASSWORD|TOKEN|SECRET/.test(key)) expect([name, key, value]).toEqual([name, key, expect.stringMatching(/^\/run\/secrets\//)]);
    }
    expect(await readFile('.gitignore', 'utf8')).toContain('docker/secrets/\n');
    expect(await readFile('.dockerignore', 'utf8')).toContain('docker/secrets\n');
    for (const name of await readdir(made)) if (name.endsWith('.env') || name === 'ca.key') expect([name, (await stat(join(made, name))).mode & 0o077]).toEqual([name, 0]);
  });

  it('sets nothing that the engine does not read, and nothing that it refuses', async () => {
    const known = [await readFile('libs/assembly/src/settings.ts', 'utf8'), await readFile('libs/assembly/src/kafka-settings.ts', 'utf8'), await readFile('apps/witness/src/settings.ts', 'utf8')].join('\n');
    for (const [name, { build, environment = {}, env_file = [] }] of services) {
      if (!build) continue;
      const settings: Record<string, string> = {};
      for (const file of env_file) {
        for (const line of (await readFile(join(made, file.slice('./secrets/'.length)), 'utf8')).split('\n').filter(Boolean)) settings[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
      }
      for (const [key, value] of Object.entries(environment)) settings[key] = value.startsWith('${') ? '' : value;
      for (const key of Object.keys(settings)) expect([name, key, known.includes(`'${key}'`)]).toEqual([name, key, true]);
      if (name !== 'witness') expect(() => settingsFrom(settings)).not.toThrow();
      if (env_file.length > 0) expect(settingsFrom(settings)).toMatchObject({ eventStore: expect.stringMatching(/^kurrentdb:/), databaseUrl: expect.stringMatching(/@postgres:5432\//) });
    }
  });

  it('lets every engine, door and worker answer where the check of the image asks', async () => {
    const asked = Number(/http:\/\/127\.0\.0\.1:(\d+)\/api\/health\/live/.exec(await text('Dockerfile'))?.[1]);
    for (const [name, { build, command = [], environment = {}, healthcheck }] of services) {
      if (!build || healthcheck) continue;
      const { port, watchPort, host } = settingsFrom({ THREELOOPS_HOST: '0.0.0.0', ...environment, THREELOOPS_WITNESSES: '' });
      expect([name, command.some((word) => word.includes('/worker/')) ? watchPort : port, host]).toEqual([name, asked, '0.0.0.0']);
    }
  });

  it('opens ports of this machine alone, each once', () => {
    const ports = services.flatMap(([, { ports: opened = [] }]) => opened);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(new Set(ports.map((port) => port.split(':')[1])).size).toBe(ports.length);
    for (const [name, { ports: opened = [], build }] of services) if (build) for (const port of opened) expect([name, port.split(':')[2]]).toEqual([name, '8300']);
  });

  it('gives every node of the event store a certificate in its own name, by one authority', async () => {
    const authority = new X509Certificate(await readFile(join(made, 'ca', 'ca.crt')));
    for (const node of ['kurrent-1', 'kurrent-2', 'kurrent-3']) {
      const certificate = new X509Certificate(await readFile(join(made, node, 'node.crt')));
      expect([certificate.verify(authority.publicKey), certificate.checkHost(node), certificate.checkHost('localhost')]).toEqual([true, node, 'localhost']);
      const { environment = {} } = compose.services[node] as Service;
      expect(environment['KURRENTDB_NODE_HOST_ADVERTISE_AS']).toBe(node);
      expect(`${environment['KURRENTDB_GOSSIP_SEED']},${node}:2113`.split(',').toSorted()).toEqual(['kurrent-1:2113', 'kurrent-2:2113', 'kurrent-3:2113']);
    }
    const before = await readFile(join(made, 'postgres_password'), 'utf8');
    await promisify(execFile)('bash', [join(folder, 'secrets.sh'), made]);
    expect(await readFile(join(made, 'postgres_password'), 'utf8')).toBe(before);
  }, 60_000);
});

describe('the topics 主题', () => {
  it('are those that the engine reads and writes, and a record is written twice before it counts', async () => {
    const made = [...(await text('kafka/topics.sh')).matchAll(/^make (\S+) /gm)].map(([, topic]) => topic).toSorted();
    expect(made).toEqual(['commands', 'dead-letters', 'facts.figures', 'facts.incident', 'facts.reference', 'sensor-readings']);
    expect(await text('kafka/topics.sh')).toContain('--topic "threeloops.$topic"');
    expect(await text('kafka/topics.sh')).toContain('min.insync.replicas=2');
    const { services } = (await parsed(join(folder, 'compose.yaml'))) as Compose;
    for (const worker of ['worker-1', 'worker-2']) expect(services[worker]?.environment?.['KAFKA_TOPIC_PREFIX']).toBe('threeloops');
  });
});

describe('the watching 监测', () => {
  it('asks every door and every worker by the token, and shows no figure that the engine does not have', async () => {
    const { services } = (await parsed(join(folder, 'compose.yaml'))) as Compose;
    const { scrape_configs: jobs } = (await parsed(join(folder, 'prometheus/prometheus.yaml'))) as { readonly scrape_configs: readonly { readonly job_name: string; readonly metrics_path: string; readonly authorization: { readonly credentials_file: string }; readonly static_configs: readonly { readonly targets: readonly string[] }[] }[] };
    expect(jobs.flatMap(({ static_configs }) => static_configs.flatMap(({ targets }) => targets))).toEqual(Object.keys(services).filter((name) => /^(door|worker)-/.test(name)).map((name) => `${name}:8300`));
    expect(jobs.map(({ metrics_path, authorization }) => [metrics_path, authorization.credentials_file])).toEqual(jobs.map(() => ['/api/health/metrics', '/run/secrets/metrics_token']));
    expect(jobs.map(({ job_name }) => job_name)).toEqual(['doors', 'workers']);
    for (const [name, { secrets = [], environment = {} }] of Object.entries(services)) {
      if (/^(door|worker)-/.test(name)) expect([name, secrets, environment['THREELOOPS_METRICS_TOKEN_FILE']]).toEqual([name, ['metrics_token'], '/run/secrets/metrics_token']);
    }
    const { panels } = JSON.parse(await text('grafana/dashboards/threeloops.json')) as { readonly panels: readonly { readonly datasource: { readonly uid: string }; readonly targets: readonly { readonly expr: string }[] }[] };
    const figures = [await readFile('apps/api/src/door/metrics.ts', 'utf8'), await readFile('apps/api/src/watch-host.ts', 'utf8'), await readFile('apps/api/src/evidence/evidence-figures.ts', 'utf8')].join('\n');
    const used = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/threeloops_[a-z_]+/g) ?? []));
    expect(used.length).toBeGreaterThan(6);
    for (const figure of used) expect([figure, figures.includes(figure.replace(/_(bucket|count|sum)$/, ''))]).toEqual([figure, true]);
    expect(new Set(panels.map(({ datasource: { uid } }) => uid))).toEqual(new Set(['prometheus']));
    expect(await text('grafana/provisioning/datasources/prometheus.yaml')).toContain('uid: prometheus\n');
  });
});
