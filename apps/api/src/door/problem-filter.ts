import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { problemOf } from './problem.js';
import type { ApiReply, ApiRequest } from './request.js';

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<ApiReply>();
    const { problem, retryAfterSeconds, defect } = problemOf(error, request.correlationId ?? 'none');
    if (defect) this.ports.log.error({ correlationId: request.correlationId, route: request.routeOptions?.url, err: error }, 'defect');
    if (retryAfterSeconds !== null) reply.header('retry-after', retryAfterSeconds);
    reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
