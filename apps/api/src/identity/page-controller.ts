import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal, Unavailable } from '#kernel';
import { OPTIONS, PORTS } from '../ports.js';
import type { ApiOptions, ApiPorts } from '../ports.js';
import { clearSessionCookie, setSessionCookie } from '../door/cookies.js';
import { problemOf } from '../door/problem.js';
import { callerOf } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { NewPasswordForm, SetupBody, SignInForm } from './bodies.js';
import { deadLinkPage, goOnPage, newPasswordPage, notNowPage, setupPage, signInPage } from './pages.js';

const tokenOf = (request: ApiRequest): string => {
  const { token } = request.query;
  return typeof token === 'string' ? token : '';
};

/** Where to go after the sign-in: a path of this engine and nothing else. */
const pathAfter = (to: unknown): string => (typeof to === 'string' && /^\/(?![/\\])[\w\-./~%?=&:]{0,500}$/.test(to) && !to.startsWith('/login') ? to : '/');

/** What somebody is told on the page that they are at. */
interface Told {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly retryAfterSeconds: number | null;
}

const notNow = 503;

/** A defect is told as everywhere. */
const toldIn = (error: unknown): Told => {
  if (!(error instanceof Refusal || error instanceof Unavailable)) throw error;
  const { problem: { code, detail, status }, retryAfterSeconds } = problemOf(error, '');
  return { code, message: detail, status, retryAfterSeconds };
};

const show = (reply: ApiReply, text: string, told?: Told): void => {
  if (typeof told?.retryAfterSeconds === 'number') reply.header('retry-after', String(told.retryAfterSeconds));
  reply.code(told?.status ?? 200).type('text/html; charset=utf-8').send(text);
};

const deadLink = (reply: ApiReply, told: Told): void => show(reply, told.status === notNow ? notNowPage(told) : deadLinkPage(told), told);

/** Something that was typed, and can be typed again: the link is still good. */
const isOfForm = ({ code, status }: Told): boolean => status === notNow || code.startsWith('password.') || code.startsWith('account.login');

/** The few pages that people need before the console lets them in. No script, nothing from elsewhere. */
@ApiExcludeController()
@Controller()
export class PageController {
  constructor(
    @Inject(PORTS) private readonly ports: ApiPorts,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** With a token of a login link it signs in, once; without one it shows the form. Either way it goes on to the path that was asked for. */
  @Get('login')
  async login(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    if (tokenOf(request) === '' || request.method === 'HEAD') return show(reply, signInPage({ to: pathAfter(request.query['to']) }));
    try {
      setSessionCookie(reply, await this.ports.doorkeeper.signInByLink(tokenOf(request), request.ip), this.options);
      show(reply, goOnPage(pathAfter(request.query['to'])));
    } catch (error) {
      const refused = toldIn(error);
      show(reply, signInPage({ refused }), refused);
    }
  }

  @Post('login')
  async signIn(@Body() { login, password, to }: SignInForm, @Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      setSessionCookie(reply, await this.ports.doorkeeper.signIn(login, password, request.ip), this.options);
      reply.redirect(pathAfter(to), 303);
    } catch (error) {
      const refused = toldIn(error);
      show(reply, signInPage({ refused, login, to: pathAfter(to) }), refused);
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
      show(reply, setupPage({ token: tokenOf(request) }));
    } catch (error) {
      deadLink(reply, toldIn(error));
    }
  }

  /** What was typed stands there again when it is refused, but for the password. */
  @Post('setup')
  async setUp(@Body() { token, login, displayName, password }: SetupBody, @Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    const { doorkeeper, log } = this.ports;
    try {
      const session = await doorkeeper.setUp(token, { login, displayName }, password, request.ip);
      log.info({ correlationId: request.correlationId, account: session.account.id }, 'the first administrator was made');
      setSessionCookie(reply, session, this.options);
      // Nobody else can come in yet: making accounts is what there is to do.
      reply.redirect('/admin?tab=accounts', 303);
    } catch (error) {
      const refused = toldIn(error);
      if (!isOfForm(refused)) return deadLink(reply, refused);
      show(reply, setupPage({ token, login, displayName, refused }), refused);
    }
  }

  @Get('reset')
  async reset(@Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      const { account } = await this.ports.doorkeeper.peekLink('reset', tokenOf(request));
      show(reply, newPasswordPage(tokenOf(request), account?.login ?? '', null));
    } catch (error) {
      deadLink(reply, toldIn(error));
    }
  }

  @Post('reset')
  async setPassword(@Body() { token, password }: NewPasswordForm, @Req() request: ApiRequest, @Res() reply: ApiReply): Promise<void> {
    try {
      await this.ports.doorkeeper.resetPassword(token, password, request.ip);
      reply.redirect('/login', 303);
    } catch (error) {
      const refused = toldIn(error);
      if (!isOfForm(refused)) return deadLink(reply, refused);
      const login = await this.ports.doorkeeper.peekLink('reset', token).then(({ account }) => account?.login ?? '', () => '');
      show(reply, newPasswordPage(token, login, refused), refused);
    }
  }
}
