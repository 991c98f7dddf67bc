import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { ApiReply } from '../door/request.js';

const file = new URL('./verifier.html', import.meta.url);

const hashOf = (page: string, element: 'script' | 'style'): string => {
  const [, content = ''] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page) ?? [];
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
};

/** 验证页 One file that verifies exports and receipts in a browser, without asking anybody; whoever is signed in may take it away. */
@ApiExcludeController()
@Controller('verifier.html')
export class VerifierController {
  private page: Promise<string> | null = null;

  @Get()
  async show(@Res() reply: ApiReply): Promise<void> {
    const page = await (this.page ??= readFile(file, 'utf8'));
    // It needs nothing from anywhere, not even from here: its own script and style are named, and every connection is forbidden.
    const policy = `default-src 'none'; script-src ${hashOf(page, 'script')}; style-src ${hashOf(page, 'style')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy).header('content-disposition', 'inline; filename="threeloops-verifier.html"').send(page);
  }
}
