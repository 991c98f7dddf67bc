import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { planted, printed, root } from './planted.js';

interface Rule {
  readonly name: string;
  readonly comment: string;
}
const config = createRequire(join(root, 'package.json'))('./test/architecture/rooms.cjs') as { readonly forbidden: readonly Rule[] };
const folders = async (path: string): Promise<string[]> =>
  (await readdir(join(root, path), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** What is wrong with each planted file, by the rule that must say so. */
const violations: Readonly<Record<string, readonly [from: string, text: string]>> = {
  'kernel-sees': ['libs/kernel/src/index.ts', "import '#views';"],
  'reference-sees': ['libs/reference/src/index.ts', "import '#incident';"],
  'events-sees': ['libs/events/src/index.ts', "import '#deadlines';"],
  'deadlines-sees': ['libs/deadlines/src/index.ts', "import '#loops';"],
  'incident-sees': ['libs/incident/src/index.ts', "import '#loops';"],
  'loops-sees': ['libs/loops/src/index.ts', "import '#engine';"],
  'metrics-sees': ['libs/metrics/src/index.ts', "import '#incident';"],
  'views-sees': ['libs/views/src/index.ts', "import '#incident';"],
  'vitals-sees': ['libs/vitals/src/index.ts', "import '#events';"],
  'engine-sees': ['libs/engine/src/index.ts', "import '#postgres';"],
  'play-sees': ['libs/play/src/index.ts', "import '#memory';"],
  'memory-sees': ['libs/memory/src/index.ts', "import '#incident';"],
  'evidence-sees': ['libs/evidence/src/index.ts', "import '#notary';"],
  'kurrent-sees': ['libs/kurrent/src/index.ts', "import '#engine';"],
  'notary-sees': ['libs/notary/src/index.ts', "import '#engine';"],
  'sealing-sees': ['libs/sealing/src/index.ts', "import '#photos';"],
  'postgres-sees': ['libs/postgres/src/index.ts', "import '#incident';"],
  'photos-sees': ['libs/photos/src/index.ts', "import '#postgres';"],
  'tables-sees': ['libs/tables/src/index.ts', "import '#engine';"],
  'readmodel-sees': ['libs/readmodel/src/index.ts', "import '#engine';"],
  'figures-sees': ['libs/figures/src/index.ts', "import '#readmodel';"],
  'identity-sees': ['libs/identity/src/index.ts', "import '#readmodel';"],
  'exchange-sees': ['libs/exchange/src/index.ts', "import '#kafka';"],
  'kafka-sees': ['libs/kafka/src/index.ts', "import '#engine';"],
  'assembly-sees': ['libs/assembly/src/index.ts', "import '#play';"],
  'scenario-sees': ['libs/scenario/src/index.ts', "import '#engine';"],
  'testing-sees': ['libs/testing/src/index.ts', "import '#identity';"],
  'kernel-packages': ['libs/kernel/src/packages.ts', "import 'lru-cache';"],
  'reference-packages': ['libs/reference/src/packages.ts', "import 'csv-parse';"],
  'events-packages': ['libs/events/src/packages.ts', "import 'class-validator';"],
  'deadlines-packages': ['libs/deadlines/src/packages.ts', "import 'chinese-days';"],
  'incident-packages': ['libs/incident/src/packages.ts', "import 'rxjs';"],
  'loops-packages': ['libs/loops/src/packages.ts', "import 'pino';"],
  'metrics-packages': ['libs/metrics/src/packages.ts', "import 'pg';"],
  'views-packages': ['libs/views/src/packages.ts', "import 'typeorm';"],
  'vitals-packages': ['libs/vitals/src/packages.ts', "import 'pg';"],
  'engine-packages': ['libs/engine/src/packages.ts', "import type { Pool } from 'pg';\nexport type P = Pool;"],
  'play-packages': ['libs/play/src/packages.ts', "import 'pg';"],
  'memory-packages': ['libs/memory/src/packages.ts', "import 'pg';"],
  'evidence-packages': ['libs/evidence/src/packages.ts', "import 'pg';"],
  'kurrent-packages': ['libs/kurrent/src/packages.ts', "import 'sm-crypto-v2';"],
  'notary-packages': ['libs/notary/src/packages.ts', "import 'sm-crypto-v2';"],
  'sealing-packages': ['libs/sealing/src/packages.ts', "import 'pg';"],
  'postgres-packages': ['libs/postgres/src/packages.ts', "import 'sharp';"],
  'photos-packages': ['libs/photos/src/packages.ts', "import 'typeorm';"],
  'tables-packages': ['libs/tables/src/packages.ts', "import 'pg';"],
  'readmodel-packages': ['libs/readmodel/src/packages.ts', "import 'csv-parse';"],
  'figures-packages': ['libs/figures/src/packages.ts', "import 'pino';"],
  'identity-packages': ['libs/identity/src/packages.ts', "import 'sharp';"],
  'exchange-packages': ['libs/exchange/src/packages.ts', "import 'kafkajs';"],
  'kafka-packages': ['libs/kafka/src/packages.ts', "import 'pg';"],
  'assembly-packages': ['libs/assembly/src/packages.ts', "import 'typeorm';"],
  'scenario-packages': ['libs/scenario/src/packages.ts', "import 'pg';"],
  'testing-packages': ['libs/testing/src/packages.ts', "import 'typeorm';"],
  'api-sees': ['apps/api/src/main.ts', "import '../../worker/src/main.js';"],
  'worker-sees': ['apps/worker/src/main.ts', "import '../../cli/src/main.js';"],
  'cli-sees': ['apps/cli/src/main.ts', "import '../../worker/src/main.js';"],
  'witness-sees': ['apps/witness/src/main.ts', "import '../../api/src/main.js';"],
  'standalone-sees': ['apps/standalone/src/main.ts', "import '../../cli/src/main.js';"],
  'console-sees': ['apps/console/src/desk/rooms.ts', "import '#events';"],
  'console-packages': ['apps/console/src/desk/packages.ts', "import 'rxjs';"],
  'phone-is-light': ['apps/console/src/phone/kit.ts', "import 'element-plus';"],
  'phone-and-desk': ['apps/console/src/phone/desk.ts', "import '../desk/rooms.js';"],
  'pure-rooms-and-node': ['libs/loops/src/node.ts', "import 'node:crypto';"],
  'front-door': ['libs/incident/src/deep.ts', "import '../../events/src/registry.js';"],
  'front-door-from-outside': ['apps/cli/src/deep.ts', "import '../../../libs/events/src/registry.js';"],
  'loops-are-siblings': ['libs/loops/src/grid/grid-loop.ts', "import '../street/street-loop.js';"],
  'tests-only': ['libs/engine/src/tests.ts', "import '#scenario';"],
  'nest-in-apps': ['libs/identity/src/nest.ts', "import '@nestjs/common';"],
  drivers: ['apps/api/src/driver.ts', "import 'pg';"],
  'no-cycles': ['libs/deadlines/src/a.ts', "import './b.js';"],
  resolvable: ['libs/deadlines/src/lost.ts', "import './nowhere.js';"],
};

/** What the rooms allow, so that a rule that forbids everything would be found out too. */
const innocent: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ type: 'module', imports: { '#*': { source: './libs/*/src/index.ts', default: './dist/libs/*/src/index.js' } } }),
  'libs/events/src/registry.ts': 'export {};',
  'libs/loops/src/street/street-loop.ts': "import '../reaction.js';",
  'libs/loops/src/reaction.ts': "import '#incident';",
  'libs/loops/src/loops.spec.ts': "import '#scenario';\nimport 'fast-check';\nimport 'node:fs';",
  'libs/deadlines/src/b.ts': "import './a.js';",
  'libs/postgres/src/store.ts': "import 'pg';\nimport 'node:net';\nimport '#kernel';",
  'apps/standalone/src/both.ts': "import '../../api/src/main.js';\nimport '../../worker/src/main.js';\nimport '#engine';\nimport '@nestjs/common';",
};

describe('who may import whom', () => {
  const found = new Map<string, Set<string>>();

  beforeAll(async () => {
    const files = { ...innocent, ...Object.fromEntries(Object.values(violations)) };
    const report = await planted(files, (folder) =>
      printed('dependency-cruiser/bin/dependency-cruise.mjs', ['--config', join(root, 'test/architecture/rooms.cjs'), '-T', 'json', 'libs', 'apps'], folder),
    );
    const { summary } = JSON.parse(report) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    for (const { from, rule } of summary.violations) found.set(rule.name, (found.get(rule.name) ?? new Set()).add(from));
  }, 60_000);

  it('has a planted violation for every rule', () => {
    expect(Object.keys(violations).sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
  });

  for (const [rule, [from]] of Object.entries(violations)) it(`${rule} finds its planted violation`, () => expect([...(found.get(rule) ?? [])]).toContain(from));

  it('leaves the innocent alone', () => {
    const accused = new Set([...found.values()].flatMap((files) => [...files]));
    // The other half of the planted cycle is as guilty as the first.
    expect(Object.keys(innocent).filter((file) => accused.has(file) && file !== 'libs/deadlines/src/b.ts')).toEqual([]);
  });

  it('knows every room and every app there is, and no other', async () => {
    const ruled = config.forbidden.flatMap(({ name }) => (name.endsWith('-sees') ? [name.slice(0, -'-sees'.length)] : [])).sort();
    expect(ruled).toEqual([...(await folders('libs')), ...(await folders('apps'))].sort());
  });

  it('says what to do instead', () => expect(config.forbidden.filter(({ comment }) => comment.length < 20)).toEqual([]));
});
