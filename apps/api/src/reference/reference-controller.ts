import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ActivatedVersion } from '#engine';
import { fromIso } from '#kernel';
import { differenceBetween } from '#reference';
import { readReferenceFiles } from '#tables';
import { Asks } from '../door/access.js';
import { Door, idempotencyKey } from '../orders/door.js';
import type { ApiRequest } from '../door/request.js';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { ReferenceActivationBody, ReferenceDraftBody, ReferenceWithdrawalBody } from './bodies.js';
import { referenceType } from './media-type.js';

const consumes = (type: new () => object): MethodDecorator => (target, name, descriptor) => {
  ApiBody({ type })(target, name, descriptor as PropertyDescriptor);
  Reflect.defineMetadata('swagger/apiConsumes', [referenceType], descriptor.value as object);
};

/** 底数维护 New versions of the reference data, as the command line brings them in too. */
@ApiTags('reference')
@Asks('reference-import')
@Controller('api/reference')
export class ReferenceController {
  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(Door) private readonly door: Door,
  ) {}

  @Get('versions')
  @ApiOperation({ summary: '启用记录 What was activated when, by whom and why, and how it stands; the latest first', operationId: 'referenceVersions' })
  async versions(): Promise<{ readonly items: readonly ActivatedVersion[] }> {
    return { items: await this.ports.shelf.activations() };
  }

  @Post('drafts')
  @HttpCode(200)
  @consumes(ReferenceDraftBody)
  @ApiOperation({ summary: '校验与差异 Checks files of reference data and tells what they would change; nothing is written', operationId: 'draftReference' })
  async draft(@Body() { files }: ReferenceDraftBody): Promise<object> {
    const reference = readReferenceFiles(files);
    const { status, against, againstFrom } = await this.ports.shelf.examine(reference);
    return { version: reference.version, against: against.version, againstFrom, status, changes: differenceBetween(against, reference) };
  }

  @Post()
  @HttpCode(200)
  @consumes(ReferenceActivationBody)
  @ApiHeader(idempotencyKey)
  @ApiOperation({ summary: '启用 Puts a version in force, at once or from a moment on', operationId: 'activateReference' })
  async activate(@Body() { files, reason, against, effectiveFrom }: ReferenceActivationBody, @Req() request: ApiRequest): Promise<object> {
    const { caller, commandId } = this.door.sending(request);
    const reference = readReferenceFiles(files);
    const status = await this.ports.shelf.activate(reference, caller.actor, { reason, against, commandId, ...(effectiveFrom === undefined ? {} : { effectiveFrom: fromIso(effectiveFrom) }) });
    return { version: reference.version, status };
  }

  @Post('withdrawals')
  @HttpCode(200)
  @ApiHeader(idempotencyKey)
  @ApiOperation({ summary: '撤回 Takes back a version that has not taken effect yet; at the latest a minute before', operationId: 'withdrawReference' })
  async withdraw(@Body() { position, reason }: ReferenceWithdrawalBody, @Req() request: ApiRequest): Promise<object> {
    const { caller, commandId } = this.door.sending(request);
    await this.ports.shelf.withdraw(position, caller.actor, { reason, commandId });
    return this.versions();
  }
}
