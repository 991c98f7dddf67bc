import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Refusal } from '#kernel';
import { OPTIONS } from '../ports.js';
import type { ApiOptions } from '../ports.js';
import { headerOf } from '../door/request.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { messagePage } from '../identity/pages.js';

/** Addresses of the desk's screens; the page itself knows which to show. `closed.spec.ts` walks them all. */
export const deskPages = ['desk', 'incidents/:id', 'incidents/:id/replay', 'district', 'figures', 'evidence', 'admin'] as const;

const yearSeconds = 31_536_000;

/** Whether somebody holds a telephone in the hand. */
const onTelephone = (request: ApiRequest): boolean => {
  const said = headerOf(request, 'sec-ch-ua-mobile');
  return said === null ? /\bMobile\b/.test(headerOf(request, 'user-agent') ?? '') : said === '?1';
};

/** 工作台 The pages and assets of the console. Strangers are sent to the sign-in and learn no asset; what they see is the sign-in alone. */
@ApiExcludeController()
@Controller()
export class ConsoleController {
  constructor(@Inject(OPTIONS) private readonly options: ApiOptions) {}

  /** The desk for whoever sits at one, the phone for a grid worker and for whoever comes with a telephone. */
  @Get()
  home(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    const role = request.caller?.account.role;
    if (role === 'grid-worker' || (role === 'unit-handler' && onTelephone(request))) reply.redirect('/m', 303);
    else this.page(request, reply, 'index.html');
  }

  @Get([...deskPages])
  desk(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.page(request, reply, 'index.html');
  }

  @Get('m')
  phone(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.page(request, reply, 'm.html');
  }

  /** Their names carry a digest of their content, so a browser may keep them for ever. */
  @Get('assets/:file')
  asset(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.file(request, reply, `assets/${request.params['file'] ?? ''}`, `private, max-age=${yearSeconds}, immutable`);
  }

  /** The service worker of the phone. Looked at anew each time, so that a new console arrives. */
  @Get('phone-worker.js')
  worker(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.file(request, reply, 'phone-worker.js', 'no-cache');
  }

  /** Browsers fetch a manifest and its icons without a session; nothing of the city is in them. */
  @Get('phone.webmanifest')
  manifest(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.file(request, reply, 'phone.webmanifest', 'no-cache');
  }

  @Get('icons/:file')
  icon(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    this.file(request, reply, `icons/${request.params['file'] ?? ''}`, 'public, max-age=86400');
  }

  private page(request: ApiRequest, reply: ApiReply, name: string): void {
    if (!request.caller) {
      reply.redirect(request.url === '/' ? '/login' : `/login?to=${encodeURIComponent(request.url)}`, 303);
      return;
    }
    if (this.options.consoleFiles?.find(name)) this.file(request, reply, name, 'no-cache');
    else reply.code(503).type('text/html; charset=utf-8').send(messagePage('没有工作台', 'This engine was started without its console. The API answers all the same.'));
  }

  private file(request: ApiRequest, reply: ApiReply, name: string, cacheControl: string): void {
    const file = this.options.consoleFiles?.find(name);
    if (!file) throw new Refusal('route.unknown', 'There is nothing at this address.');
    reply.header('etag', file.tag).header('cache-control', cacheControl).header('vary', 'accept-encoding').type(file.type);
    if (headerOf(request, 'if-none-match') === file.tag) {
      reply.code(304).send();
      return;
    }
    const zipped = file.gzip !== null && /\bgzip\b/.test(headerOf(request, 'accept-encoding') ?? '');
    if (zipped) reply.header('content-encoding', 'gzip');
    reply.send(zipped ? file.gzip : file.bytes);
  }
}
