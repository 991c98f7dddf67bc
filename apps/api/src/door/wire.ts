import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Refusal, toIso } from '#kernel';
import type { ApiOptions, WatchPorts } from '../ports.js';
import { isPublic } from './access.js';
import { tokenIn } from './cookies.js';
import { styleHash } from './html.js';
import type { ReadPosition } from './log-position.js';
import { isMetricsReader } from './metrics-reader.js';
import { doorFigures } from './metrics.js';
import { nestLogger } from './nest-logger.js';
import { problemOf } from './problem.js';
import { headerOf, isUuid } from './request.js';
import type { ApiReply, ApiRequest } from './request.js';

export const jsonBytesMax = 256 * 1024;
const unsafe = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** Pages of the engine's own host may send forms and requests, pages of others may not; programs send neither header. */
const fromElsewhere = (request: ApiRequest): boolean => {
  const site = headerOf(request, 'sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const origin = headerOf(request, 'origin');
  if (origin === null) return false;
  return !URL.canParse(origin) || new URL(origin).host !== headerOf(request, 'host');
};

type Done = (error?: Error) => void;

/** The part of the HTTP server below the framework that the door's own rules hang on. */
interface Server {
  removeContentTypeParser(type: string): void;
  addHook(name: 'onRequest' | 'preHandler' | 'onResponse', hook: (request: ApiRequest, reply: ApiReply, done: Done) => void): void;
  addHook(name: 'onSend', hook: (request: ApiRequest, reply: ApiReply, payload: unknown, done: (error: Error | null, payload: unknown) => void) => void): void;
}

/** Before a byte of the body is read: who is it, and may strangers come here at all? */
const letIn = (server: Server, { doorkeeper }: WatchPorts, options: ApiOptions): void => {
  server.addHook('onRequest', (request, reply, done) => {
    request.startedAt = performance.now();
    request.caller = null;
    request.logPosition = null;
    request.problemCode = null;
    const given = headerOf(request, 'x-correlation-id');
    request.correlationId = given !== null && isUuid(given) ? given.toLowerCase() : randomUUID();
    reply.header('x-correlation-id', request.correlationId);
    reply.header('cache-control', 'no-store');
    if (unsafe.has(request.method) && fromElsewhere(request)) {
      done(new Refusal('request.cross-site', 'Requests that change something come from the engine\'s own pages or from programs.'));
      return;
    }
    request.metricsReader = isMetricsReader(request, options);
    const open = isPublic(request) || request.metricsReader;
    const token = request.metricsReader ? null : tokenIn(request, options);
    if (token === null) {
      done(open ? undefined : new Refusal('session.missing', 'Sign in first.'));
      return;
    }
    request.caller = doorkeeper.recall(token);
    if (request.caller) {
      done();
      return;
    }
    doorkeeper.resolve(token).then(
      (caller) => {
        request.caller = caller;
        done(caller || open ? undefined : new Refusal('session.missing', 'The session has ended; sign in again.'));
      },
      (error: Error) => done(open ? undefined : error),
    );
  });
};

const readYourWrites = (server: Server, position: ReadPosition): void => {
  server.addHook('preHandler', (request, _reply, done) => {
    const wanted = headerOf(request, 'x-wait-for-position');
    if (wanted === null || request.method !== 'GET' || !request.caller) {
      done();
      return;
    }
    if (!/^\d{1,15}$/.test(wanted)) {
      done(new Refusal('request.position-unreadable', 'x-wait-for-position is a log position, such as one that x-log-position said.'));
      return;
    }
    position.reach(Number(wanted)).then(() => done(), done);
  });
};

/** The parts of a page, some twenty of each: who looks into the log wants to know who did what. */
const files: ReadonlySet<string> = new Set(['/assets/:file', '/icons/:file']);

const signAndCount = (server: Server, ports: WatchPorts, position: ReadPosition): void => {
  const { answered } = doorFigures(ports);
  server.addHook('onSend', (request, reply, payload, done) => {
    reply.header('x-log-position', request.logPosition ?? position.last);
    reply.header('x-server-time', toIso(ports.clock.now()));
    done(null, payload);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const ms = performance.now() - request.startedAt;
    const route = request.routeOptions.url ?? 'unknown';
    answered.labels(request.method, route, String(reply.statusCode)).observe(ms / 1_000);
    const level = files.has(route) && reply.statusCode < 400 ? 'debug' : 'info';
    if (!ports.log.isLevelEnabled(level)) {
      done();
      return;
    }
    // The pattern of the route and never the address: addresses carry tokens and what people look for.
    ports.log[level]({
      correlationId: request.correlationId, method: request.method, route, status: reply.statusCode, ms: Math.round(ms * 100) / 100,
      account: request.caller?.account.id, role: request.caller?.account.role, ...(request.problemCode === null ? {} : { code: request.problemCode }),
    }, 'answered');
    done();
  });
};

const contentSecurity = (tiles: ApiOptions['tiles']) => ({
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"], scriptSrc: ["'self'"], styleSrc: ["'self'", styleHash], imgSrc: ["'self'", 'data:', 'blob:', ...(tiles ? [new URL(tiles.url).origin] : [])], connectSrc: ["'self'"],
    objectSrc: ["'none'"], baseUri: ["'none'"], frameAncestors: ["'none'"], formAction: ["'self'"], requireTrustedTypesFor: ["'script'"],
  },
});

/**
 * What a module answers, on Fastify and under all rules of the door, not yet listening. Everything that is closed to strangers is refused
 * before its body is read.
 */
export const wired = async (module: DynamicModule, ports: WatchPorts, options: ApiOptions, position: ReadPosition): Promise<NestFastifyApplication> => {
  const adapter = new FastifyAdapter({
    bodyLimit: jsonBytesMax, trustProxy: options.behindProxy ? (_address: string, hop: number) => hop === 0 : false, requestTimeout: 120_000, connectionTimeout: 0, keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 200 }, forceCloseConnections: true,
    // Errors before there is a route, such as an address that cannot be decoded.
    frameworkErrors: (error: Error, _request: unknown, reply: unknown) => {
      const { problem } = problemOf(error, randomUUID());
      (reply as ApiReply).code(problem.status).type('application/problem+json').header('x-correlation-id', problem.traceId).send(JSON.stringify(problem));
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLogger(ports.log), abortOnError: false, bodyParser: true,
  });
  const server = app.getHttpAdapter().getInstance() as unknown as Server;
  await app.register(cookie);
  await app.register(helmet, {
    contentSecurityPolicy: contentSecurity(options.tiles), referrerPolicy: { policy: 'no-referrer' }, frameguard: { action: 'deny' },
    hsts: options.https ? { maxAge: 31_536_000, includeSubDomains: true } : false,
  });
  // Plain text is never a body here; without its parser it is refused as a type that is not read.
  server.removeContentTypeParser('text/plain');
  letIn(server, ports, options);
  readYourWrites(server, position);
  signAndCount(server, ports, position);
  return app;
};
