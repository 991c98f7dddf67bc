import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { OPTIONS } from '../ports.js';
import type { ApiOptions } from '../ports.js';
import { Asks } from '../door/access.js';

@ApiTags('queries')
@Controller('api/map')
export class MapController {
  constructor(@Inject(OPTIONS) private readonly options: ApiOptions) {}

  @Get()
  @Asks('reference')
  @ApiOperation({ summary: '底图 Where map tiles come from; null where the map shows the grids alone', operationId: 'mapBase' })
  base(): object {
    return { tiles: this.options.tiles ?? null };
  }
}
