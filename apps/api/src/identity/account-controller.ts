import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { checkAccount, resetLink } from '#identity';
import type { Account } from '#identity';
import { Refusal } from '#kernel';
import { PORTS } from '../ports.js';
import type { ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { callerOf, isUuid } from '../door/request.js';
import type { ApiRequest } from '../door/request.js';
import { AccountBody } from './bodies.js';

const id = { name: 'id', schema: { type: 'string', format: 'uuid' } } as const;

const accountIdIn = (request: ApiRequest): string => {
  const { id: said = '' } = request.params;
  if (!isUuid(said)) throw new Refusal('account.unknown', 'There is no such account.');
  return said.toLowerCase();
};

/** Accounts are the administrator's. Nobody learns a password here: people set their own through a link that works once. */
@ApiTags('accounts')
@Asks('accounts')
@Controller('api/accounts')
export class AccountController {
  constructor(@Inject(PORTS) private readonly ports: ApiPorts) {}

  @Get()
  @ApiOperation({ summary: '账号列表', operationId: 'accounts' })
  async accounts(): Promise<{ readonly items: readonly Account[] }> {
    return { items: await this.ports.doorkeeper.accounts() };
  }

  @Post()
  @ApiOperation({ summary: '新建账号 Answers the link on which its owner sets the password', operationId: 'addAccount' })
  async add(@Body() body: AccountBody, @Req() request: ApiRequest): Promise<object> {
    const account = await this.ports.doorkeeper.addAccount(checkAccount({ ...body, place: body.place ?? '' }, this.ports.library().current));
    this.told(request, account.id, 'an account was made');
    return { account, resetLink: await resetLink(this.ports.doorkeeper, account.id) };
  }

  @Post(':id/reset-password')
  @HttpCode(200)
  @ApiParam(id)
  @ApiOperation({ summary: '重置口令 A link on which the owner sets a new password', operationId: 'resetPassword' })
  async resetPassword(@Req() request: ApiRequest): Promise<{ readonly resetLink: string }> {
    const accountId = accountIdIn(request);
    const link = await resetLink(this.ports.doorkeeper, accountId);
    this.told(request, accountId, 'a password link was made');
    return { resetLink: link };
  }

  @Post(':id/deactivate')
  @HttpCode(204)
  @ApiParam(id)
  @ApiOperation({ summary: '停用账号 Ends its sessions at once', operationId: 'deactivateAccount' })
  async deactivate(@Req() request: ApiRequest): Promise<void> {
    const accountId = accountIdIn(request);
    if (accountId === callerOf(request).account.id) throw new Refusal('account.own', 'Nobody deactivates the account that they are using.');
    await this.ports.doorkeeper.setActive(accountId, false);
    this.told(request, accountId, 'an account was deactivated');
  }

  @Post(':id/activate')
  @HttpCode(204)
  @ApiParam(id)
  @ApiOperation({ summary: '启用账号', operationId: 'activateAccount' })
  async activate(@Req() request: ApiRequest): Promise<void> {
    const accountId = accountIdIn(request);
    await this.ports.doorkeeper.setActive(accountId, true);
    this.told(request, accountId, 'an account was activated');
  }

  private told(request: ApiRequest, subject: string, what: string): void {
    this.ports.log.info({ correlationId: request.correlationId, account: callerOf(request).account.id, subject }, what);
  }
}
