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

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h1 small{font-weight:normal;opacity:.7}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8886}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}label{display:block;margin:.8rem 0 .2rem}input{font:inherit;padding:.4rem;width:20rem;max-width:100%}
button{font:inherit;padding:.4rem 1.2rem;margin-top:1rem}.no{color:#b00020}code{font-size:.9em}nav a{margin-right:1rem}`;

/** For the content security policy: the one style sheet that our own pages carry. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

/** A whole page of our own: no script, nothing from elsewhere. */
export const page = (title: string, body: Markup, head: Markup = new Markup('')): string =>
  `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title><style>${style}</style>${head.text}</head><body>${body.text}</body></html>\n`;
