import { Body, Controller, Post, Req } from '@nestjs/common';
import { ReportBody } from '../../../api/src/orders/bodies.js';
import { Sends } from '../../../api/src/door/access.js';
import type { ApiRequest } from '../../../api/src/door/request.js';

/** The yardstick of the door: the same guard, the same body with the same checks, and then nothing. */
@Controller('api/bench')
export class NothingController {
  @Post('nothing')
  @Sends('ReportIncident')
  nothing(@Body() { channel }: ReportBody, @Req() { correlationId }: ApiRequest): object {
    return { status: 'ignored', incidentId: correlationId, revision: 1, position: 1, commandId: correlationId, channel };
  }
}
