import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Asked } from '#figures';
import { toIso } from '#kernel';
import { cohorts, definitionOf, metrics } from '#metrics';
import type { Metric } from '#metrics';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import type { ApiRequest } from '../door/request.js';
import { CountedAddress, FigureAddress } from './addresses.js';
import { countedPage } from './counted.js';
import { labelOf } from './labels.js';
import { metricIn, Questions } from './questions.js';
import { SharedWalk } from './shared-walk.js';

const name = { name: 'name', schema: { type: 'string', enum: metrics.map((metric) => metric.name) } } as const;

const heading = ({ name: metric, chinese, version }: Metric, { from, before, by, filter, position, at }: Asked) => ({
  metric, chinese, version, from: from === null ? null : toIso(from), before: before === null ? null : toIso(before), by, filter, asOf: { position, at: toIso(at) },
});

@ApiTags('figures')
@Asks('metrics')
@Controller('api/metrics')
export class FigureController {
  private readonly walk: SharedWalk;

  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(Questions) private readonly questions: Questions,
  ) {
    this.walk = new SharedWalk(ports.ledgers);
  }

  @Get()
  @ApiOperation({ summary: '指标目录 Every metric with its formula, cohort and version', operationId: 'metrics' })
  catalogue(): object {
    return { cohorts: Object.entries(cohorts).map(([cohort, chinese]) => ({ cohort, chinese })), items: metrics.map(definitionOf) };
  }

  @Get(':name')
  @ApiParam(name)
  @ApiOperation({ summary: '指标 One figure, in total and by groups, factual and accountable, as of any moment', operationId: 'figure' })
  async figure(@Param('name') named: string, @Query() address: FigureAddress, @Req() request: ApiRequest): Promise<object> {
    const metric = metricIn(named);
    const { figure, asked } = await this.walk.figure(metric, await this.questions.asked(address, request), address.asOf === undefined);
    request.logPosition = asked.position;
    const city = this.ports.library().current;
    const { by } = asked;
    const groups = by === null ? [] : figure.groups.map(({ key, ...readings }) => ({ key, label: labelOf(by, key, city), ...readings }));
    return { ...heading(metric, asked), total: figure.total, groups };
  }

  @Get(':name/incidents')
  @ApiParam(name)
  @ApiOperation({ summary: '下钻 The incidents that a figure counts, each with the log positions of the facts behind it', operationId: 'countedIncidents' })
  async incidents(@Param('name') named: string, @Query() address: CountedAddress, @Req() request: ApiRequest): Promise<object> {
    const metric = metricIn(named);
    const asked = await this.questions.asked(address, request);
    return { ...heading(metric, asked), ...(await countedPage(this.ports.ledgers, metric, asked, address)) };
  }
}
