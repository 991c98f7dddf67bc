import { createHash } from 'node:crypto';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string | number): string => String(text).replace(/[&<>"']/g, (character) => escapes[character] as string);

/** Text that is HTML already. Everything else that goes into `html` is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | number | Markup | readonly Markup[];

const written = (piece: Piece): string => {
  if (piece instanceof Markup) return piece.text;
  return typeof piece === 'object' ? piece.map(({ text }) => text).join('') : escaped(piece);
};

export const html = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(strings.reduce((text, string, index) => `${text}${written(pieces[index - 1] ?? '')}${string}`));

const style = `body{font:16px/1.6 "PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:12vh 1.5rem 2rem;color:#1b232d;background:#f5f7fa}
h1{font-size:1.7rem;margin:0 0 .4rem}h1 small{font-weight:normal;color:#5b6470;font-size:1rem}p{margin:.3rem 0}table{border-collapse:collapse;width:100%;background:#fff}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #dde2e8}
form{max-width:24rem;margin-top:1.2rem;padding:.6rem 1.4rem 1.6rem;background:#fff;border:1px solid #dde2e8;border-radius:6px}label{display:block;margin:.9rem 0 .2rem}label span{color:#5b6470;font-size:.85em}
input{font:inherit;padding:.6rem;width:100%;box-sizing:border-box;border:1px solid #8a94a0;border-radius:4px}button{font:inherit;width:100%;min-height:60px;margin-top:1.4rem;color:#fff;background:#0b5cad;border:0;border-radius:4px;cursor:pointer}
:focus-visible{outline:2px solid #0b5cad;outline-offset:2px}.no{color:#c4281b}code{font-size:.9em}a{color:#0b5cad}`;

/** For the content security policy: the one style sheet that our own pages carry. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** A whole page of our own: no script, nothing from elsewhere. */
export const page = (title: string, body: Markup, head: Markup = new Markup('')): string =>
  `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/icons/loops.svg"><title>${escaped(title)}</title><style>${style}</style>${head.text}</head><body>${body.text}</body></html>\n`;
