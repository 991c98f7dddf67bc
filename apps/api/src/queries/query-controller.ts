import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiHeader, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { chineseNameOf } from '#events';
import { maySend, personCommandTypes, scopeOf, sendersOf } from '#identity';
import type { Account } from '#identity';
import { allowedActions, reasons } from '#incident';
import type { ActionAnswer } from '#incident';
import { parseIso, toIso } from '#kernel';
import type { Iso } from '#kernel';
import type { City } from '#reference';
import type { IncidentRow, Scope } from '#views';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { readAsOf } from '../door/as-of.js';
import type { AsOf } from '../door/as-of.js';
import { ReadPosition } from '../door/log-position.js';
import { callerOf, headerOf, incidentIdIn, noSuchIncident } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { Door } from '../orders/door.js';
import { commandRoutes } from '../orders/routes.js';
import { suggestionsFor } from '../orders/suggestions.js';
import { DeadlinesAddress, IncidentsAddress, OpenIncidentsAddress, PastAddress, SuggestionsAddress } from './addresses.js';
import { FindDeadlines, FindDeadlinesOf, FindIncident, FindIncidents, FindOpenIncidents, FindQueues, FindTimeline } from './queries.js';
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
    const { account, scope, past } = await this.reading(request, address);
    const { asOf: _asOf, cursor, limit = limitUsual, sort = 'changedAt', direction = 'descending', reportedFrom, reportedBefore, ...rest } = address;
    const filter = { ...rest, ...inUtc('reportedFrom', reportedFrom), ...inUtc('reportedBefore', reportedBefore) };
    const { items, nextCursor } = await this.bus.execute(new FindIncidents(past, scope, filter, { sort, direction, cursor: cursor ?? null, limit }));
    return { items: await this.reader.rows(items, account), nextCursor };
  }

  @Get('open-incidents')
  @Asks('incidents')
  @ApiOperation({ summary: '在办一览 Every open incident in the caller\'s jurisdiction in one answer, without what persons wrote; what is due first stands first', operationId: 'openIncidents' })
  async openIncidents(@Query() address: OpenIncidentsAddress, @Req() request: ApiRequest): Promise<object> {
    const { scope, past } = await this.reading(request, address);
    const { asOf: _asOf, ...filter } = address;
    return this.bus.execute(new FindOpenIncidents(past, scope, filter));
  }

  @Get('incidents/:id')
  @Asks('incidents')
  @ApiParam(id)
  @ApiOperation({ summary: '案件 One incident: how it stands, its clocks, and what the caller may do with it and why not', operationId: 'incident' })
  async incident(@Query() address: PastAddress, @Req() request: ApiRequest): Promise<object> {
    const { account, scope, past } = await this.reading(request, address);
    const row = await this.found(past, scope, request);
    const [incident, clocks, actions] = await Promise.all([
      this.reader.row(row, account, past !== null),
      this.bus.execute(new FindDeadlinesOf(past, scope, row.incidentId)),
      past === null ? this.actionsFor(account, row.incidentId, request) : pastActions(row),
    ]);
    return { incident, clocks, ...actions };
  }

  @Get('incidents/:id/timeline')
  @Asks('timeline')
  @ApiParam(id)
  @ApiOperation({ summary: '时间线 Every fact of an incident in order', operationId: 'timeline' })
  async timeline(@Query() address: PastAddress, @Req() request: ApiRequest): Promise<object> {
    const { account, scope, past } = await this.reading(request, address);
    const row = await this.found(past, scope, request);
    const facts = await this.bus.execute(new FindTimeline(past, scope, row.incidentId));
    const shown = await this.reader.timeline(row, facts, account, past !== null);
    return { items: shown.map((fact) => ({ ...fact, chinese: chineseNameOf(fact.type) })) };
  }

  @Get('incidents/:id/deadlines')
  @Asks('deadlines')
  @ApiParam(id)
  @ApiOperation({ summary: '时限 Every clock of an incident', operationId: 'deadlinesOfIncident' })
  async deadlinesOf(@Query() address: PastAddress, @Req() request: ApiRequest): Promise<object> {
    const { scope, past } = await this.reading(request, address);
    const row = await this.found(past, scope, request);
    return { items: await this.bus.execute(new FindDeadlinesOf(past, scope, row.incidentId)) };
  }

  @Get('incidents/:id/suggestions')
  @Asks('suggestions')
  @ApiParam(id)
  @ApiOperation({ summary: '智能派单 Units that the duty catalogue names, the best first, each with its reason', operationId: 'suggestions' })
  async suggestions(@Query() { asOf, rung }: SuggestionsAddress, @Req() request: ApiRequest): Promise<object> {
    const { state, position } = await this.door.visible(callerOf(request), incidentIdIn(request));
    request.logPosition = position;
    if (asOf === undefined) return { items: suggestionsFor(state, this.ports.library(), rung) };
    const { scope, past } = await this.reading(request, { asOf });
    const { incidentId } = await this.found(past, scope, request);
    const library = past === null ? this.ports.library() : this.ports.libraryAsOf(past.position, past.at);
    return { items: suggestionsFor((await this.ports.desk.loadAsOf(incidentId, past?.position ?? position)).state, library, rung) };
  }

  @Get('deadlines')
  @Asks('deadlines')
  @ApiOperation({ summary: '临期与超期 Clocks that run, next due first', operationId: 'deadlines' })
  async deadlines(@Query() address: DeadlinesAddress, @Req() request: ApiRequest): Promise<object> {
    const { scope, past } = await this.reading(request, address);
    const { asOf: _asOf, cursor, limit = limitUsual, ...filter } = address;
    return this.bus.execute(new FindDeadlines(past, scope, filter, { sort: 'dueAt', direction: 'ascending', cursor: cursor ?? null, limit }));
  }

  @Get('queues')
  @Asks('queues')
  @ApiOperation({ summary: '队列 How much each holder has to do', operationId: 'queues' })
  async queues(@Query() address: PastAddress, @Req() request: ApiRequest): Promise<object> {
    const { scope, past } = await this.reading(request, address);
    return { items: await this.bus.execute(new FindQueues(past, scope)) };
  }

  @Get('reference')
  @Asks('reference')
  @ApiOperation({ summary: '底数 Places, units, catalogue, policy and words that are in force', operationId: 'reference' })
  async reference(@Query() { asOf }: PastAddress, @Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const past = await this.moment(asOf);
    const city = (past === null ? this.ports.library() : this.ports.libraryAsOf(past.position, past.at)).current;
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

  private async reading(request: ApiRequest, { asOf }: PastAddress): Promise<{ readonly account: Account; readonly scope: Scope; readonly past: AsOf | null }> {
    const { account } = callerOf(request);
    const past = await this.moment(asOf);
    request.logPosition = past?.position ?? (await this.position.current());
    return { account, scope: scopeOf(account, this.ports.library().current), past };
  }

  /** The past that is asked about, once the views have come as far; null for the present. */
  private async moment(asOf: string | undefined): Promise<AsOf | null> {
    if (asOf === undefined) return null;
    const past = await readAsOf(asOf, this.ports.store, this.ports.clock);
    await this.position.reach(past.position);
    return past;
  }

  /** Out of sight is the same as not there. */
  private async found(past: AsOf | null, scope: Scope, request: ApiRequest): Promise<IncidentRow> {
    const row = await this.bus.execute(new FindIncident(past, scope, incidentIdIn(request)));
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

/** What is past cannot be acted upon: every action is there, and refused. */
const pastActions = ({ revision }: IncidentRow): { readonly actionsAtRevision: number; readonly allowedActions: readonly object[] } => ({
  actionsAtRevision: revision,
  allowedActions: [...paths].map(([command, { path, chinese }]) => ({ path, chinese, command, allowed: false, code: 'as-of.read-only', message: 'This is how it stood then; nothing can be done in the past.' })),
});

/** The same moment as the log writes it, whatever zone it was asked in. */
const inUtc = <Name extends string>(name: Name, moment: string | undefined): Partial<Record<Name, Iso>> => {
  const instant = moment === undefined ? null : parseIso(moment);
  return instant === null ? {} : ({ [name]: toIso(instant) } as Record<Name, Iso>);
};

const forRole = (answer: ActionAnswer, role: Account['role']): ActionAnswer =>
  maySend(role, answer.command as never) ? answer : { command: answer.command, allowed: false, code: 'role.not-permitted', message: 'This is not for your role.' };
