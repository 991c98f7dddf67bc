import { randomUUID } from 'node:crypto';
import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiConsumes, ApiCreatedResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AttemptBudget, scopeOf } from '#identity';
import { minute, Refusal } from '#kernel';
import { PhotoShelf } from '#photos';
import type { KeptPhoto } from '#photos';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { callerOf, isUuid } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { FindIncident, FindTimeline } from '../queries/queries.js';

const noSuchPhoto = (): Refusal => new Refusal('photo.not-found', 'There is no photo with this hash at this incident.');

const incidentIn = (request: ApiRequest): string | null => {
  const { incident } = request.query;
  return typeof incident === 'string' && isUuid(incident) ? incident.toLowerCase() : null;
};

/** Whether a fact or a row refers to a photo. */
const mentions = (value: unknown, sha256: string): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return (value as { sha256?: unknown }).sha256 === sha256 || Object.values(value).some((part) => mentions(part, sha256));
};

@ApiTags('photos')
@Controller('api/photos')
export class PhotoController {
  private readonly shelf: PhotoShelf;
  private readonly uploads = new AttemptBudget(240, 10 * minute);

  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(QueryBus) private readonly bus: QueryBus,
  ) {
    this.shelf = new PhotoShelf(ports.photos, ports.vault);
  }

  @Post()
  @HttpCode(201)
  @Asks('photo-upload')
  @ApiConsumes('image/jpeg', 'image/png', 'image/webp')
  @ApiQuery({ name: 'incident', required: false, schema: { type: 'string', format: 'uuid' }, description: 'Incident that the photo will belong to; it is sealed under that incident\'s key' })
  @ApiOperation({ summary: '照片上传 One photo as a raw body of at most 10 MiB', operationId: 'uploadPhoto' })
  @ApiCreatedResponse({ schema: { type: 'object', required: ['sha256', 'bytes'], properties: { sha256: { type: 'string' }, bytes: { type: 'integer' } } } })
  async upload(@Req() request: ApiRequest): Promise<KeptPhoto> {
    const wait = this.uploads.take(callerOf(request).account.id, performance.now());
    if (wait > 0) throw new Refusal('photo.throttled', 'Too many photos in a short time; wait a little.', { retryAfterSeconds: Math.ceil(wait / 1_000) });
    if (!Buffer.isBuffer(request.body)) throw new Refusal('photo.not-an-image', 'A photo is sent as the raw bytes of a JPEG, PNG or WebP picture.');
    if (request.query['incident'] !== undefined && incidentIn(request) === null) {
      throw new Refusal('input.invalid', 'A field is not right: incident.', { errors: [{ field: 'incident', code: 'is-uuid', message: 'incident is a UUID' }] });
    }
    return this.shelf.take(request.body, `incident:${incidentIn(request) ?? randomUUID()}`);
  }

  @Get(':sha256')
  @Asks('photo')
  @ApiParam({ name: 'sha256', schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } })
  @ApiQuery({ name: 'incident', required: true, schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({ summary: '照片 A photo of an incident that the caller may read', operationId: 'photo' })
  async photo(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const { sha256 = '' } = request.params;
    const incidentId = incidentIn(request);
    if (!/^[0-9a-f]{64}$/.test(sha256) || incidentId === null) throw noSuchPhoto();
    const scope = scopeOf(callerOf(request).account, this.ports.library().current);
    const row = await this.bus.execute(new FindIncident(null, scope, incidentId));
    if (!row) throw noSuchPhoto();
    if (!mentions(row.photos, sha256)) {
      const facts = await this.bus.execute(new FindTimeline(null, scope, incidentId));
      if (!facts.some(({ data }) => mentions(data, sha256))) throw noSuchPhoto();
    }
    const picture = await this.shelf.show(sha256);
    if (!picture) throw noSuchPhoto();
    reply.type('image/jpeg').header('content-disposition', `inline; filename="${sha256.slice(0, 16)}.jpg"`).send(picture);
  }
}
