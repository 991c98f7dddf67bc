import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { PORTS } from '../ports.js';
import type { WatchPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import type { ApiReply } from '../door/request.js';

@ApiTags('watch')
@Controller('api/health/metrics')
export class ProcessMetricsController {
  constructor(@Inject(PORTS) private readonly ports: WatchPorts) {}

  @Get()
  @Asks('process-metrics')
  @ApiProduces('text/plain')
  @ApiOperation({ summary: 'Figures of the process for Prometheus', operationId: 'processMetrics' })
  async metrics(@Res() reply: ApiReply): Promise<void> {
    const { registry } = this.ports;
    reply.type(registry.contentType).send(await registry.metrics());
  }
}
