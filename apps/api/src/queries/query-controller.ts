import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { chineseNameOf } from '#events';
import { maySend, personCommandTypes, scopeOf, sendersOf } from '#identity';
import type { Account } from '#identity';
import { allowedActions } from '#incident';
import type { ActionAnswer } from '#incident';
import { parseIso, Refusal, toIso } from '#kernel';
import type { Iso } from '#kernel';
import { rungs } from '#reference';
import type { City, Rung } from '#reference';
import type { IncidentRow, Scope } from '#views';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { ReadPosition } from '../door/log-position.js';
import { callerOf, headerOf, incidentIdIn, noSuchIncident } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { Door } from '../orders/door.js';
import { reasons } from '../orders/reasons.js';
import { commandRoutes } from '../orders/routes.js';
import { suggestionsFor } from '../orders/suggestions.js';
import { DeadlinesAddress, IncidentsAddress } from './addresses.js';
import { FindDeadlines, FindDeadlinesOf, FindIncident, FindIncidents, FindQueues, FindTimeline } from './queries.js';
import { Reader } from './reader.js';

const limitUsual = 50;
const id = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

const WaitsForPosition = (): ClassDecorator & MethodDecorator =>
  ApiHeader({ name: 'x-wait-for-position', required: false, description: 'Answer only when the views hold everything up to this log position; 503 after 2 s', schema: { type: 'integer' } });

const paths = new Map(commandRoutes.map(({ command, path, chinese }) => [command, { path, chinese }]));

@ApiTags('queries')
@WaitsForPosition()
@Controller('api')
export class QueryController {
  /** The reference data of the last city asked for, written out once; it is large and changes a few times a year. */
  private written: { readonly city: City; readonly json: string; readonly tag: string } | null = null;

  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(QueryBus) private readonly bus: QueryBus,
    @Inject(Reader) private readonly reader: Reader,
    @Inject(Door) private readonly door: Door,
    @Inject(ReadPosition) private readonly position: ReadPosition,
  ) {}

  @Get('incidents')
  @Asks('incidents')
  @ApiOperation({ summary: '案件列表 Incidents in the caller\'s jurisdiction', operationId: 'incidents' })
  async incidents(@Query() address: IncidentsAddress, @Req() request: ApiRequest): Promise<object> {
    const { account, scope } = await this.reading(request);
    const { cursor, limit = limitUsual, sort = 'changedAt', direction = 'descending', reportedFrom, reportedBefore, ...rest } = address;
    const filter = { ...rest, ...inUtc('reportedFrom', reportedFrom), ...inUtc('reportedBefore', reportedBefore) };
    const { items, nextCursor } = await this.bus.execute(new FindIncidents(scope, filter, { sort, direction, cursor: cursor ?? null, limit }));
    return { items: await this.reader.rows(items, account), nextCursor };
  }

  @Get('incidents/:id')
  @Asks('incidents')
  @ApiParam(id)
  @ApiOperation({ summary: '案件 One incident: how it stands, its clocks, and what the caller may do with it and why not', operationId: 'incident' })
  async incident(@Req() request: ApiRequest): Promise<object> {
    const { account, scope } = await this.reading(request);
    const row = await this.found(scope, request);
    const [incident, clocks, actions] = await Promise.all([
      this.reader.row(row, account),
      this.bus.execute(new FindDeadlinesOf(scope, row.incidentId)),
      this.actionsFor(account, row.incidentId, request),
    ]);
    return { incident, clocks, ...actions };
  }

  @Get('incidents/:id/timeline')
  @Asks('timeline')
  @ApiParam(id)
  @ApiOperation({ summary: '时间线 Every fact of an incident in order', operationId: 'timeline' })
  async timeline(@Req() request: ApiRequest): Promise<object> {
    const { account, scope } = await this.reading(request);
    const row = await this.found(scope, request);
    const facts = await this.bus.execute(new FindTimeline(scope, row.incidentId));
    const shown = await this.reader.timeline(row, facts, account);
    return { items: shown.map((fact) => ({ ...fact, chinese: chineseNameOf(fact.type) })) };
  }

  @Get('incidents/:id/deadlines')
  @Asks('deadlines')
  @ApiParam(id)
  @ApiOperation({ summary: '时限 Every clock of an incident', operationId: 'deadlinesOfIncident' })
  async deadlinesOf(@Req() request: ApiRequest): Promise<object> {
    const { scope } = await this.reading(request);
    const row = await this.found(scope, request);
    return { items: await this.bus.execute(new FindDeadlinesOf(scope, row.incidentId)) };
  }

  @Get('incidents/:id/suggestions')
  @Asks('suggestions')
  @ApiParam(id)
  @ApiQuery({ name: 'rung', required: false, enum: rungs })
  @ApiOperation({ summary: '智能派单 Units that the duty catalogue names, the best first, each with its reason', operationId: 'suggestions' })
  async suggestions(@Req() request: ApiRequest): Promise<object> {
    const { rung } = request.query;
    if (rung !== undefined && !(typeof rung === 'string' && rungs.includes(rung as Rung))) {
      throw new Refusal('input.invalid', 'A field is not right: rung.', { errors: [{ field: 'rung', code: 'is-in', message: `rung is one of ${rungs.join(', ')}` }] });
    }
    const { state, position } = await this.door.visible(callerOf(request), incidentIdIn(request));
    request.logPosition = position;
    return { items: suggestionsFor(state, this.ports.library(), rung as Rung | undefined) };
  }

  @Get('deadlines')
  @Asks('deadlines')
  @ApiOperation({ summary: '临期与超期 Clocks that run, next due first', operationId: 'deadlines' })
  async deadlines(@Query() address: DeadlinesAddress, @Req() request: ApiRequest): Promise<object> {
    const { scope } = await this.reading(request);
    const { cursor, limit = limitUsual, ...filter } = address;
    return this.bus.execute(new FindDeadlines(scope, filter, { sort: 'dueAt', direction: 'ascending', cursor: cursor ?? null, limit }));
  }

  @Get('queues')
  @Asks('queues')
  @ApiOperation({ summary: '队列 How much each holder has to do', operationId: 'queues' })
  async queues(@Req() request: ApiRequest): Promise<object> {
    const { scope } = await this.reading(request);
    return { items: await this.bus.execute(new FindQueues(scope)) };
  }

  @Get('reference')
  @Asks('reference')
  @ApiOperation({ summary: '底数 Places, units, catalogue, policy and words that are in force', operationId: 'reference' })
  async reference(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const city = this.ports.library().current;
    if (this.written?.city !== city) {
      const { version, cityName, bounds, places, units, catalogue, duties, policy, calendar } = city.reference;
      const commands = [...paths].map(([command, { path, chinese }]) => ({ command, path, chinese, reasons: (reasons as Record<string, object>)[command] ?? null }));
      const json = JSON.stringify({ version, cityName, bounds, places, units, catalogue, duties, policy, calendar, commands });
      this.written = { city, json, tag: `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"` };
    }
    reply.header('etag', this.written.tag).header('cache-control', 'private, no-cache');
    if (headerOf(request, 'if-none-match') === this.written.tag) reply.code(304).send();
    else reply.type('application/json; charset=utf-8').send(this.written.json);
  }

  @Get('me')
  @Asks('own-account')
  @ApiOperation({ summary: '本人 Who the caller is and what the role may do at all', operationId: 'me' })
  me(@Req() request: ApiRequest): object {
    const { account } = callerOf(request);
    const { id: accountId, login, displayName, role, unit, place } = account;
    return {
      accountId, login, displayName, role, unit, place,
      jurisdiction: scopeOf(account, this.ports.library().current),
      commands: personCommandTypes.filter((command) => sendersOf[command].includes(role)),
    };
  }

  private async reading(request: ApiRequest): Promise<{ readonly account: Account; readonly scope: Scope }> {
    const { account } = callerOf(request);
    request.logPosition = await this.position.current();
    return { account, scope: scopeOf(account, this.ports.library().current) };
  }

  /** Out of sight is the same as not there. */
  private async found(scope: Scope, request: ApiRequest): Promise<IncidentRow> {
    const row = await this.bus.execute(new FindIncident(scope, incidentIdIn(request)));
    if (!row) throw noSuchIncident();
    return row;
  }

  /** Asked of the log and not of the views, so it says at which revision it holds. */
  private async actionsFor({ id: actorId, role, unit }: Account, incidentId: string, request: ApiRequest): Promise<{ readonly actionsAtRevision: number; readonly allowedActions: readonly object[] }> {
    const { state, revision } = await this.ports.desk.load(incidentId);
    const { correlationId } = request;
    const context = { actor: { id: actorId, role, unit }, commandId: correlationId, correlationId, now: this.ports.clock.now(), chance: 0 };
    const answers = allowedActions(state, context, { library: this.ports.library() });
    const told = answers.flatMap((answer) => {
      const route = paths.get(answer.command as never);
      return route ? [{ ...route, ...forRole(answer, role) }] : [];
    });
    return { actionsAtRevision: revision, allowedActions: told };
  }
}

/** The same moment as the log writes it, whatever zone it was asked in. */
const inUtc = <Name extends string>(name: Name, moment: string | undefined): Partial<Record<Name, Iso>> => {
  const instant = moment === undefined ? null : parseIso(moment);
  return instant === null ? {} : ({ [name]: toIso(instant) } as Record<Name, Iso>);
};

const forRole = (answer: ActionAnswer, role: Account['role']): ActionAnswer =>
  maySend(role, answer.command as never) ? answer : { command: answer.command, allowed: false, code: 'role.not-permitted', message: 'This is not for your role.' };
