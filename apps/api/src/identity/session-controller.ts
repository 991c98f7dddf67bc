import { Body, Controller, Delete, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { OpenedSession } from '#identity';
import { toIso } from '#kernel';
import { OPTIONS, PORTS } from '../ports.js';
import type { ApiOptions, ApiPorts } from '../ports.js';
import { Asks } from '../door/access.js';
import { clearSessionCookie, setSessionCookie } from '../door/cookies.js';
import { callerOf } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { SetupBody, SignInBody } from './bodies.js';

@ApiTags('sessions')
@Controller('api')
export class SessionController {
  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Post('sessions')
  @HttpCode(201)
  @ApiOperation({ summary: '登录 Sign in: a cookie for browsers, a token for programs', operationId: 'signIn' })
  async signIn(@Body() { login, password, bearer = false }: SignInBody, @Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): Promise<object> {
    return this.opened(await this.ports.doorkeeper.signIn(login, password, request.ip), bearer, reply);
  }

  @Delete('sessions/current')
  @HttpCode(204)
  @Asks('own-account')
  @ApiOperation({ summary: '退出 Sign out', operationId: 'signOut' })
  async signOut(@Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): Promise<void> {
    await this.ports.doorkeeper.signOut(callerOf(request).sessionHash);
    clearSessionCookie(reply, this.options);
  }

  @Delete('sessions')
  @HttpCode(204)
  @Asks('own-account')
  @ApiOperation({ summary: '全部退出 End every session of one\'s own account', operationId: 'signOutEverywhere' })
  async signOutEverywhere(@Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): Promise<void> {
    await this.ports.doorkeeper.endSessionsOf(callerOf(request).account.id);
    clearSessionCookie(reply, this.options);
  }

  @Post('setup')
  @HttpCode(201)
  @ApiOperation({ summary: '初始化 The first administrator, with the link that the engine printed at its first start', operationId: 'setUp' })
  async setUp(@Body() body: SetupBody, @Req() request: ApiRequest, @Res({ passthrough: true }) reply: ApiReply): Promise<object> {
    const session = await this.ports.doorkeeper.setUp(body.token, body, body.password, request.ip);
    this.ports.log.info({ correlationId: request.correlationId, account: session.account.id }, 'the first administrator was made');
    return this.opened(session, false, reply);
  }

  private opened(session: OpenedSession, bearer: boolean, reply: ApiReply): object {
    const { id, displayName, role, unit, place } = session.account;
    const answer = { accountId: id, displayName, role, unit, place, endsAt: toIso(session.endsAt) };
    if (bearer) return { ...answer, token: session.token };
    setSessionCookie(reply, session, this.options);
    return answer;
  }
}
