import { Catch, Inject } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Refusal } from '#kernel';
import { PORTS } from '../ports.js';
import type { WatchPorts } from '../ports.js';
import { problemOf } from './problem.js';
import type { ToldProblem } from './problem.js';
import type { ApiReply, ApiRequest } from './request.js';

/** A photo that the server cuts off is refused in the same words as one that is measured here. */
const told = (error: unknown, request: ApiRequest): ToldProblem => {
  const traceId = request.correlationId ?? 'none';
  const answer = problemOf(error, traceId);
  if (answer.problem.code !== 'request.too-large' || request.routeOptions?.url !== '/api/photos') return answer;
  return problemOf(new Refusal('photo.too-large', 'A photo has at most 10 MiB.'), traceId);
};

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(PORTS) private readonly ports: WatchPorts) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<ApiReply>();
    const { problem, retryAfterSeconds, defect } = told(error, request);
    request.problemCode = problem.code;
    if (defect) this.ports.log.error({ correlationId: request.correlationId, route: request.routeOptions?.url, err: error }, 'defect');
    if (retryAfterSeconds !== null) reply.header('retry-after', retryAfterSeconds);
    reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
