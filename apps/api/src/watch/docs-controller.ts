import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Asks } from '../door/access.js';
import { html, page } from '../door/html.js';
import type { Markup } from '../door/html.js';
import type { ApiReply, ApiRequest } from '../door/request.js';
import { DocumentHolder } from './document-holder.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

@ApiExcludeController()
@Controller('api/docs')
export class DocsController {
  constructor(@Inject(DocumentHolder) private readonly holder: DocumentHolder) {}

  /** The list of operations is for those who are signed in; strangers see where to do that. */
  @Get()
  index(@Req() request: ApiRequest, @Res() reply: ApiReply): void {
    const text = request.caller
      ? page('接口 · ThreeLoops', html`<h1>ThreeLoops 三循环 <small>接口</small></h1><p><a href="/api/docs/json">OpenAPI JSON</a></p><table><tbody>${this.operations()}</tbody></table>`)
      : page('接口 · ThreeLoops', html`<h1>ThreeLoops 三循环 <small>接口</small></h1><p>登录后可见。<a href="/login">登录</a></p>`);
    reply.type('text/html; charset=utf-8').send(text);
  }

  @Get('json')
  @Asks('documentation')
  json(@Res() reply: ApiReply): void {
    reply.type('application/json; charset=utf-8').send(JSON.stringify(this.holder.document));
  }

  private operations(): readonly Markup[] {
    return Object.entries(this.holder.document.paths).flatMap(([path, item]) =>
      methods.flatMap((method) => {
        const operation = item[method];
        return operation ? [html`<tr><td><code>${method.toUpperCase()}</code></td><td><code>${path}</code></td><td>${operation.summary ?? ''}</td></tr>`] : [];
      }),
    );
  }
}
