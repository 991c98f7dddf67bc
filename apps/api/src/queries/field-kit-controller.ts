import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { City } from '#reference';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { callerOf, headerOf } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { fieldKitFor } from './field-kit.js';

const compressed = promisify(gzip);
const kitsMax = 500;

interface Written {
  readonly json: string;
  readonly packed: Buffer;
  readonly tag: string;
}

@ApiTags('queries')
@Controller('api/field-kit')
export class FieldKitController {
  /** Written out once for everybody who does the same work in the same place; forgotten when the reference data changes. */
  private readonly written = new Map<string, Promise<Written>>();
  private writtenFor: City | null = null;

  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {}

  @Get()
  @Asks('reference')
  @ApiOperation({ summary: '随身底数 What a phone needs of the reference data: own grids, subjects, reasons, names of units', operationId: 'fieldKit' })
  async kit(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const { tag, json, packed } = await this.kitOf(request);
    reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding');
    if (headerOf(request, 'if-none-match') === tag) {
      reply.code(304).send();
      return;
    }
    reply.type('application/json; charset=utf-8');
    if (headerOf(request, 'accept-encoding')?.includes('gzip')) reply.header('content-encoding', 'gzip').send(packed);
    else reply.send(json);
  }

  private kitOf(request: ApiRequest): Promise<Written> {
    const { account } = callerOf(request);
    const city = this.ports.library().current;
    if (this.writtenFor !== city || this.written.size >= kitsMax) this.written.clear();
    this.writtenFor = city;
    const key = JSON.stringify([account.role, account.unit, account.place]);
    const known = this.written.get(key) ?? write(JSON.stringify(fieldKitFor(account, city)));
    this.written.set(key, known);
    return known;
  }
}

const write = async (json: string): Promise<Written> => ({
  json, packed: await compressed(json), tag: `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"`,
});
