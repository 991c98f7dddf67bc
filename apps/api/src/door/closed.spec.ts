import { Controller, HttpCode, Post } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mayAsk, maySend, personCommandTypes } from '#identity';
import { FrontDoor, persons } from '../../spec/front-door.js';
import type { PersonName } from '../../spec/front-door.js';
import { commandRoutes } from '../orders/routes.js';
import { publicRoutes } from './access.js';

@Controller('bench')
class ExtraController {
  @Post('nothing')
  @HttpCode(200)
  nothing(): object {
    return {};
  }
}

interface Route {
  readonly method: string;
  readonly pattern: string;
}

const branch = /^((?:│ {3}| {4})*)[├└]── (.*?) \(([A-Z, ]+)\)$/;

/** Every route that the server itself knows, read from the tree that it prints: nothing can hide from it. */
const routesIn = (tree: string): readonly Route[] => {
  const path: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', segment = '', methods = ''] = branch.exec(line) ?? [];
    if (methods === '') return [];
    path.length = indent.length / 4;
    path.push(segment);
    return methods.split(', ').map((method) => ({ method, pattern: path.join('') }));
  });
};

const anId = '0190a0f0-0000-4000-8000-000000000001';
const addressOf = ({ pattern }: Route): string => pattern.replace(':sha256', 'a'.repeat(64)).replace(/:\w+/g, anId);

describe('the door', () => {
  let door: FrontDoor;
  let routes: readonly Route[];
  beforeAll(async () => {
    door = await FrontDoor.open({ controllers: [ExtraController] });
    routes = routesIn(door.app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false }) as string);
  });
  afterAll(() => door.close());

  it('knows every route that the OpenAPI document describes, and one that a measurement brought along', () => {
    const patterns = routes.map(({ method, pattern }) => `${method} ${pattern}`);
    const described = Object.entries(door.document().paths).flatMap(([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`));
    expect(described.length).toBeGreaterThan(60);
    expect(patterns).toEqual(expect.arrayContaining(described));
    expect(patterns).toContain('POST /bench/nothing');
  });

  it('lets strangers in nowhere but where the list says so, whatever they bring along', async () => {
    for (const headers of [{}, { authorization: `Bearer ${'x'.repeat(43)}` }, { authorization: 'Basic YWRtaW46YWRtaW4=' }, { cookie: `threeloops=${'y'.repeat(43)}` }] as Record<string, string>[]) {
      await Promise.all(routes.map(async (route) => {
        const known = publicRoutes.has(`${route.method === 'HEAD' ? 'GET' : route.method} ${route.pattern}`);
        const answer = await door.ask(null, route.method, addressOf(route), { headers });
        expect([route, answer.status === 401 && (route.method === 'HEAD' || answer.json?.code === 'session.missing')]).toEqual([route, !known]);
      }));
    }
  }, 60_000);

  it('does not tell strangers which addresses exist', async () => {
    expect(await door.get(null, '/api/nowhere')).toMatchObject({ status: 401, json: { code: 'session.missing' } });
    expect(await door.get('street', '/api/nowhere')).toMatchObject({ status: 404, json: { code: 'route.unknown' } });
  });

  it('refuses strangers before it reads a byte of what they send', async () => {
    const answer = await door.ask(null, 'POST', '/api/incidents', { body: Buffer.alloc(200 * 1024, '[') });
    expect(answer).toMatchObject({ status: 401 });
  });

  it('opens what is public to strangers', async () => {
    expect(await door.get(null, '/api/health/live')).toMatchObject({ status: 200, json: { status: 'ok' } });
    expect((await door.get(null, '/login')).text).toContain('<form method="post" action="/login">');
    expect((await door.get(null, '/api/docs')).text).not.toContain('/api/incidents');
    expect(await door.get(null, '/')).toMatchObject({ status: 303, headers: { location: '/login' } });
  });

  it('sends the same protection with every answer, refused or not', async () => {
    for (const answer of [await door.get(null, '/login'), await door.get(null, '/api/me'), await door.get('street', '/api/me'), await door.get('street', '/nowhere')]) {
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'self'"),
      });
      expect(answer.headers['content-security-policy']).not.toContain('unsafe-inline');
      expect(answer.headers['x-server-time']).toBe('2026-11-23T01:00:00.000Z');
      expect(answer.headers['x-log-position']).toMatch(/^\d+$/);
      expect(answer.headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('refuses requests that pages of other hosts make in somebody\'s name', async () => {
    const body = { channel: 'grid', gridCode: 'S1A1' };
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      expect(await door.post('gridWorker', '/api/incidents', body, headers as Record<string, string>)).toMatchObject({ status: 403, json: { code: 'request.cross-site' } });
    }
    expect(await door.post('gridWorker', '/api/incidents', body, { origin: door.origin })).toMatchObject({ status: 201 });
  });

  const everyPerson = Object.keys(persons) as PersonName[];

  it.each(everyPerson)('carries only the commands of the role for %s', async (person) => {
    await Promise.all(commandRoutes.map(async ({ path, command }) => {
      const answer = await door.post(person, `/api/incidents/${anId}/${path}`, {});
      expect([command, answer.json?.code === 'role.not-permitted']).toEqual([command, !maySend(persons[person][0], command)]);
    }));
  });

  it.each(everyPerson)('answers only the questions of the role for %s', async (person) => {
    const questions = [
      ['incidents', '/api/incidents'], ['timeline', `/api/incidents/${anId}/timeline`], ['queues', '/api/queues'], ['deadlines', '/api/deadlines'], ['accounts', '/api/accounts'],
      ['process-metrics', '/api/health/metrics'], ['metrics', '/api/metrics'], ['metrics', '/api/metrics/closureRate/incidents'], ['metrics', '/api/frozen-figures'], ['suggestions', `/api/incidents/${anId}/suggestions`], ['photo', `/api/photos/${'a'.repeat(64)}?incident=${anId}`], ['own-report', `/api/reports/${anId}`],
      ['documentation', '/api/docs/json'], ['readiness', '/api/health/ready'], ['own-account', '/api/me'], ['evidence', '/api/evidence'], ['evidence-leaf', '/api/evidence/leaves/1'], ['evidence-export', '/api/evidence/export'], ['receipt', `/api/incidents/${anId}/receipt`], ['reference', '/api/reference'],
    ] as const;
    await Promise.all(questions.map(async ([question, address]) => {
      const answer = await door.get(person, address);
      expect([question, answer.status === 403]).toEqual([question, !mayAsk(persons[person][0], question)]);
    }));
  });

  it('has a route for every command that a person can send', () => {
    const routed = new Set<string>(['ReportIncident', 'ReportHandledOnTheSpot', ...commandRoutes.map(({ command }) => command)]);
    expect(personCommandTypes.filter((command) => !routed.has(command))).toEqual([]);
  });

  it('tells browsers to come back by TLS only where there is TLS', async () => {
    const secure = await FrontDoor.open({ https: true });
    try {
      expect((await secure.get(null, '/login')).headers['strict-transport-security']).toContain('max-age=31536000');
      expect((await door.get(null, '/login')).headers['strict-transport-security']).toBeUndefined();
    } finally {
      await secure.close();
    }
  });
});
