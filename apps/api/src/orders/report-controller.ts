import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { reportIdOf } from '#engine';
import { gridOfReport } from '#identity';
import { stageWord } from '#incident';
import { Refusal } from '#kernel';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks, Sends } from '../door/access.js';
import { callerOf, isUuid } from '../door/request.js';
import type { ApiRequest } from '../door/request.js';
import { OrderAnswerBody } from './answers.js';
import { OnTheSpotBody, ReportBody } from './bodies.js';
import { CommandHeaders } from './command-controller.js';
import { Door } from './door.js';
import type { OrderAnswer } from './door.js';

@ApiTags('reports')
@Controller('api')
export class ReportController {
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(PORTS) private readonly ports: ApiPorts,
  ) {}

  @Post('incidents')
  @Sends('ReportIncident')
  @CommandHeaders()
  @ApiOperation({ summary: '上报 ReportIncident', operationId: 'report' })
  @ApiCreatedResponse({ type: OrderAnswerBody })
  async report(@Body() body: ReportBody, @Req() request: ApiRequest): Promise<OrderAnswer> {
    const sending = this.door.sending(request);
    const incidentId = reportIdOf(body, sending.commandId);
    const { channel, externalId, location, ruleHint } = body;
    return this.door.send(sending, 'ReportIncident', {
      incidentId,
      channel,
      gridCode: gridOfReport(sending.caller.account, this.ports.library().current, body),
      ...(externalId === undefined ? {} : { externalId }),
      ...(location === undefined ? {} : { location: { longitude: location.longitude, latitude: location.latitude } }),
      ...(ruleHint === undefined ? {} : { ruleHint }),
      ...(await this.door.sealedReport(incidentId, body)),
      ...(await this.door.photos(body.photos)),
    }, body);
  }

  @Post('incidents/on-the-spot')
  @Sends('ReportHandledOnTheSpot')
  @CommandHeaders()
  @ApiOperation({ summary: '就地处置上报 ReportHandledOnTheSpot', operationId: 'reportOnTheSpot' })
  @ApiCreatedResponse({ type: OrderAnswerBody })
  async onTheSpot(@Body() body: OnTheSpotBody, @Req() request: ApiRequest): Promise<OrderAnswer> {
    const sending = this.door.sending(request);
    const incidentId = reportIdOf(body, sending.commandId);
    const { channel, externalId, location, ruleId, handlingNote, handlingPhotos } = body;
    const { note, ...sealed } = await this.door.sealedReport(incidentId, { ...body, ...(handlingNote === undefined ? {} : { note: handlingNote }) });
    const { photos: after = [] } = await this.door.photos(handlingPhotos);
    return this.door.send(sending, 'ReportHandledOnTheSpot', {
      incidentId,
      channel,
      gridCode: gridOfReport(sending.caller.account, this.ports.library().current, body),
      ruleId,
      ...(externalId === undefined ? {} : { externalId }),
      ...(location === undefined ? {} : { location: { longitude: location.longitude, latitude: location.latitude } }),
      ...sealed,
      ...(note === undefined ? {} : { handlingNote: note }),
      ...(await this.door.photos(body.photos)),
      handlingPhotos: after,
    }, body);
  }

  /** Whoever reported may ask what became of it, and learns no more than that. */
  @Get('reports/:id')
  @Asks('own-report')
  @HttpCode(200)
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({ summary: '上报进度 What became of a report of one\'s own', operationId: 'ownReport' })
  async ownReport(@Req() request: ApiRequest): Promise<object> {
    const unknown = new Refusal('report.unknown', 'There is no report of yours with this number.');
    const { id = '' } = request.params;
    if (!isUuid(id)) throw unknown;
    const { state, revision, position } = await this.ports.desk.load(id.toLowerCase());
    if (state.stage === 'unknown' || state.origin.reporterId !== callerOf(request).actor.id) throw unknown;
    request.logPosition = position;
    const { incidentId, channel, externalId, reportedAt } = state.origin;
    return { incidentId, channel, externalId, reportedAt, stage: stageWord(state), round: state.round, revision, position };
  }
}
