import { Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { mayAsk, maySend } from '#identity';
import type { PersonCommandType, Question } from '#identity';
import { Refusal } from '#kernel';
import { callerOf } from './request.js';
import type { ApiRequest } from './request.js';

const accessKey = 'threeloops:access';

type Access = { readonly command: PersonCommandType } | { readonly question: Question };

/** The route carries this command: only roles that may send it get in. */
export const Sends = (command: PersonCommandType): MethodDecorator & ClassDecorator => SetMetadata(accessKey, { command } satisfies Access);

/** The route answers this question: only roles that may ask it get in. */
export const Asks = (question: Question): MethodDecorator & ClassDecorator => SetMetadata(accessKey, { question } satisfies Access);

/**
 * Open to strangers, and nothing else is: everything not on this list needs a session before a byte of its body is read.
 * `GET` includes `HEAD`.
 */
export const publicRoutes: ReadonlySet<string> = new Set([
  'GET /api/health/live', 'GET /api/docs', 'GET /', 'GET /setup', 'POST /setup', 'POST /api/setup', 'GET /login', 'POST /login', 'POST /api/sessions', 'GET /reset', 'POST /reset',
  // Pages of the console send strangers to the sign-in; a manifest and icons are fetched without a session by browsers themselves.
  'GET /desk', 'GET /incidents/:id', 'GET /incidents/:id/replay', 'GET /district', 'GET /figures', 'GET /evidence', 'GET /admin', 'GET /m', 'GET /phone.webmanifest', 'GET /icons/:file',
]);

export const isPublic = (request: ApiRequest): boolean =>
  request.routeOptions.url !== undefined && publicRoutes.has(`${request.method === 'HEAD' ? 'GET' : request.method} ${request.routeOptions.url}`);

/** A route that names no command and no question needs a session and nothing more. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    if (isPublic(request) || request.metricsReader) return true;
    const { account } = callerOf(request);
    const access = this.reflector.getAllAndOverride<Access | undefined>(accessKey, [context.getHandler(), context.getClass()]);
    const permitted = access === undefined || ('command' in access ? maySend(account.role, access.command) : mayAsk(account.role, access.question));
    if (!permitted) throw new Refusal('role.not-permitted', 'This is not for your role.', { role: account.role });
    return true;
  }
}
