/**
 * Who may import whom: this table is the rule and the document. A room sees itself, the rooms it names (by their front door, `#room`) and the
 * packages it names. A pure room names no package and touches no part of Node either.
 */
const pure = ['kernel', 'reference', 'events', 'deadlines', 'incident', 'loops', 'metrics', 'views', 'vitals'];

const rooms = {
  kernel: { sees: [] },
  reference: { sees: ['kernel'] },
  events: { sees: ['kernel', 'reference'] },
  deadlines: { sees: ['kernel', 'reference', 'events'] },
  incident: { sees: ['kernel', 'reference', 'events', 'deadlines'] },
  loops: { sees: ['kernel', 'reference', 'events', 'deadlines', 'incident'] },
  metrics: { sees: ['kernel', 'reference', 'events', 'deadlines'] },
  views: { sees: ['kernel', 'reference', 'events', 'deadlines'] },
  vitals: { sees: ['kernel', 'reference'] },

  engine: { sees: ['kernel', 'reference', 'events', 'deadlines', 'incident', 'loops', 'views'], packages: ['lru-cache'] },
  play: { sees: ['kernel', 'reference', 'events', 'deadlines', 'incident', 'loops', 'engine'] },

  memory: { sees: ['kernel'] },
  evidence: { sees: ['kernel'], packages: ['sm-crypto-v2'] },
  sealing: { sees: ['kernel'] },
  postgres: { sees: ['kernel'], packages: ['pg', 'pg-copy-streams', 'typeorm', 'lru-cache'] },
  notary: { sees: ['kernel', 'evidence', 'postgres'], packages: ['pg', 'typeorm'] },
  kurrent: { sees: ['kernel', 'postgres'], packages: ['pg', 'typeorm', '@kurrent/kurrentdb-client'] },
  photos: { sees: ['kernel', 'sealing'], packages: ['sharp'] },
  tables: { sees: ['kernel', 'reference', 'events'], packages: ['csv-parse', 'chinese-days'] },
  readmodel: { sees: ['kernel', 'reference', 'events', 'views', 'postgres'], packages: ['pg', 'typeorm'] },
  figures: { sees: ['kernel', 'events', 'metrics', 'postgres'], packages: ['pg', 'typeorm'] },
  identity: { sees: ['kernel', 'reference', 'events', 'incident', 'views', 'postgres'], packages: ['pg', 'typeorm', '@node-rs/argon2', 'lru-cache'] },
  exchange: { sees: ['kernel', 'reference', 'events', 'incident', 'engine', 'vitals', 'sealing', 'identity', 'postgres'], packages: ['pg', 'typeorm', 'lru-cache'] },
  kafka: { sees: ['kernel', 'exchange'], packages: ['kafkajs'] },
  assembly: { sees: ['kernel', 'reference', 'events', 'engine', 'views', 'memory', 'sealing', 'evidence', 'postgres', 'kurrent', 'notary', 'photos', 'tables', 'readmodel', 'figures', 'identity', 'exchange', 'kafka'], packages: ['pg', 'pino'] },

  scenario: { sees: ['kernel', 'reference', 'events', 'deadlines', 'incident', 'loops'], packages: ['fast-check'], forTests: true },
  testing: { sees: ['kernel', 'reference', 'events', 'engine', 'memory', 'evidence', 'postgres', 'notary', 'scenario', 'exchange'], packages: ['@jest/globals', 'fast-check', 'pg'], forTests: true },
};

/** An app sees every room, and of other apps only those that it runs in its own process. */
const apps = { api: [], worker: ['api'], cli: ['api'], standalone: ['api', 'worker'], witness: [] };

/** What browsers load. The component kit, the map and the charts are the desk's; the phone stays light. */
const consolePackages = ['vue', '@vue', 'vue-router', 'openapi-fetch', '@tanstack', 'element-plus', 'leaflet', 'echarts', 'idb', 'gcoord', 'read-excel-file'];

/** Packages that stay behind the doors of the rooms that name them, so that replacing one has a one-word answer. */
const drivers = ['pg', 'typeorm', '@kurrent', 'csv-parse', 'sharp', '@node-rs/argon2', 'chinese-days', 'sm-crypto-v2', 'kafkajs'];

const specs = ['\\.spec\\.ts$', '/spec-[^/]+\\.ts$', '^apps/[^/]+/spec/'];
const testCode = [...specs, '^test/', ...Object.keys(rooms).filter((room) => rooms[room].forTests).map((room) => `^libs/${room}/`)];
const oneOf = (names) => `(${names.join('|').replaceAll('.', '\\.')})`;
const packagePath = (names) => `(^|/)node_modules/(@types/)?${oneOf(names)}(/|$)`;
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const roomRules = Object.entries(rooms).flatMap(([room, { sees, packages = [], forTests = false }]) => {
  const own = { path: `^libs/${room}/`, pathNot: forTests ? [] : specs };
  return [
    rule(`${room}-sees`, `${room} sees ${sees.join(', ') || 'no other room'}. Let the room that knows more import this one, or pass the value in.`, own, {
      path: '^(libs|apps|test)/',
      pathNot: [`^libs/${oneOf([room, ...sees])}/`],
    }),
    rule(`${room}-packages`, `${room} uses ${packages.join(', ') || 'no package'}. Put the technology behind a port and into an adapter room.`, own, {
      path: 'node_modules/',
      ...(packages.length > 0 ? { pathNot: [packagePath(packages)] } : {}),
    }),
  ];
});

const appRules = Object.entries(apps).map(([app, sees]) =>
  rule(`${app}-sees`, `${app} sees the rooms, not other apps: what two apps share belongs into a room.`, { path: `^apps/${app}/` }, { path: '^apps/', pathNot: [`^apps/${oneOf([app, ...sees])}/`] }),
);

const consoleRules = [
  rule('console-sees', 'The console knows the engine by its API alone: what it needs is a query of the API.', { path: '^apps/console/' }, { path: '^(libs|apps|test)/', pathNot: ['^apps/console/'] }),
  rule('console-packages', `Browsers load ${consolePackages.join(', ')} and no other package.`, { path: '^apps/console/src/', pathNot: specs }, { path: 'node_modules/', pathNot: [packagePath(consolePackages)] }),
  rule('phone-is-light', 'The phone carries no component kit, no query cache and no charts.', { path: '^apps/console/src/(phone|shared)/' }, { path: packagePath(['element-plus', '@tanstack', 'echarts', 'read-excel-file']) }),
  rule('phone-and-desk', 'The desk and the phone share src/shared and nothing else.', { path: '^apps/console/src/(phone|desk|shared)/' }, { path: '^apps/console/src/(phone|desk)/', pathNot: ['^apps/console/src/$1/'] }),
];

module.exports = {
  forbidden: [
    ...roomRules,
    ...appRules,
    ...consoleRules,
    rule('pure-rooms-and-node', 'A pure room touches no part of Node: time, ids and chance come in with the command.', { path: `^libs/${oneOf(pure)}/`, pathNot: specs }, { dependencyTypes: ['core'] }),
    rule('front-door', 'A room is entered by its front door, #room. Add the name to its index.ts if others need it.', { path: '^libs/([^/]+)/' }, { path: '^libs/(?!$1/)[^/]+/src/(?!index\\.ts$)' }),
    rule('front-door-from-outside', 'A room is entered by its front door, #room. Add the name to its index.ts if others need it.', { path: '^(apps|test)/' }, { path: '^libs/[^/]+/src/(?!index\\.ts$)' }),
    rule('loops-are-siblings', 'The three loops never import each other: they meet through facts.', { path: '^libs/loops/src/(grid|street|city)/' }, { path: '^libs/loops/src/(?!$1/)(grid|street|city)/' }),
    rule('tests-only', 'scenario and testing are for specs and tests.', { path: '^(apps|libs)/', pathNot: testCode }, { path: `^libs/${oneOf(Object.keys(rooms).filter((room) => rooms[room].forTests))}/` }),
    rule('nest-in-apps', 'NestJS stops at the apps: a room is plain TypeScript that an app wires.', { path: '^libs/' }, { path: '(^|node_modules/)@nestjs/' }),
    rule('drivers', 'An app speaks to a port, not to a driver: use the room that holds it. Measurements hold a driver against what is built on it.', { path: '^apps/', pathNot: [...testCode, '^apps/cli/src/bench/'] }, { path: packagePath(drivers) }),
    rule('no-cycles', 'Two files that import each other are one file, or a third is missing.', {}, { circular: true }),
    rule('resolvable', 'This import leads nowhere; `virtual:` is what the build of the console makes.', {}, { couldNotResolve: true, pathNot: '^virtual:' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'node', 'default', 'types'], extensions: ['.ts', '.js', '.json'], mainFields: ['module', 'main', 'types'] },
  },
};
