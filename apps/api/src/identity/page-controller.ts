import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal } from '#kernel';
import { OPTIONS, PORTS } from '../ports.js';
import type { ApiOptions, ApiPorts } from '../ports.js';
import { clearSessionCookie, setSessionCookie } from '../door/cookies.js';
import { statusOf } from '../door/problem.js';
import { callerOf } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { NewPasswordForm, SignInForm } from './bodies.js';
import { goOnPage, messagePage, newPasswordPage, setupPage, signInPage } from './pages.js';

const tokenOf = (request: ApiRequest): string => {
  const { token } = request.query;
  return typeof token === 'string' ? token : '';
};

/** Where to go after the sign-in: a path of this engine and nothing else. */
const pathAfter = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])[\w\-./~%?=&:]{0,500}$/.test(to) && !to.startsWith('/login') ? to : '/');

const refusalIn = (error: unknown): Refusal => {
  if (error instanceof Refusal) return error;
  throw error;
};

const show = (reply: ApiReply, text: string, status = 200): void => {
  reply.code(status).type('text/html; charset=utf-8').send(text);
};

/** The few pages that people need before the console lets them in. No script, nothing from elsewhere. */
@ApiExcludeController()
@Controller()
export class PageController {
  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** With a token of a login link it signs in, once; without one it shows the form. */
  @Get('login')
  async login(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    if (tokenOf(request) === '' || request.method === 'HEAD') return show(reply, signInPage({ to: pathAfter(request.query['to']) }));
    try {
      setSessionCookie(reply, await this.ports.doorkeeper.signInByLink(tokenOf(request), request.ip), this.options);
      show(reply, goOnPage());
    } catch (error) {
      const { code, message } = refusalIn(error);
      show(reply, signInPage({ refused: message }), statusOf(code));
    }
  }

  @Post('login')
  async signIn(@Body() { login, password, to }: SignInForm, @Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      setSessionCookie(reply, await this.ports.doorkeeper.signIn(login, password, request.ip), this.options);
      reply.redirect(pathAfter(to), 303);
    } catch (error) {
      const { code, message } = refusalIn(error);
      show(reply, signInPage({ refused: message, login, to: pathAfter(to) }), statusOf(code));
    }
  }

  @Post('logout')
  @HttpCode(303)
  async signOut(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    await this.ports.doorkeeper.signOut(callerOf(request).sessionHash);
    clearSessionCookie(reply, this.options);
    reply.redirect('/login', 303);
  }

  @Get('setup')
  async setup(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      await this.ports.doorkeeper.peekLink('setup', tokenOf(request));
      show(reply, setupPage(tokenOf(request)));
    } catch (error) {
      const { code, message } = refusalIn(error);
      show(reply, messagePage('链接无效', message), statusOf(code));
    }
  }

  @Get('reset')
  async reset(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      const { account } = await this.ports.doorkeeper.peekLink('reset', tokenOf(request));
      show(reply, newPasswordPage(tokenOf(request), account?.login ?? '', null));
    } catch (error) {
      const { code, message } = refusalIn(error);
      show(reply, messagePage('链接无效', message), statusOf(code));
    }
  }

  @Post('reset')
  async setPassword(@Body() { token, password }: NewPasswordForm, @Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      await this.ports.doorkeeper.resetPassword(token, password, request.ip);
      reply.redirect('/login', 303);
    } catch (error) {
      const { code, message } = refusalIn(error);
      if (!code.startsWith('password.')) return show(reply, messagePage('链接无效', message), statusOf(code));
      const { account } = await this.ports.doorkeeper.peekLink('reset', token);
      show(reply, newPasswordPage(token, account?.login ?? '', message), statusOf(code));
    }
  }
}
