import type { Refusal } from '#kernel';
import { html, Markup, page } from '../door/html.js';

const nothing = new Markup('');

/** What is refused here, for those who read Chinese; whoever reads English gets the sentence of the refusal. */
const chinese: Readonly<Record<string, string>> = {
  'login.refused': '账号或口令不正确。',
  'login.throttled': '失败次数过多，请稍后再试。',
  'login.busy': '此刻登录的人太多，请稍后再试。',
  'store.away': '数据库暂时无法访问，请稍后再试。',
  'link.invalid': '此链接已用过、已过期或不存在，请重新索取。',
  'account.login-unreadable': '账号为 2 至 64 个字母、数字、点、短横或下划线。',
  'account.login-taken': '此账号已有人使用。',
  'password.too-short': '口令至少 12 个字符。',
  'password.too-long': '口令最多 256 个字符。',
  'password.too-common': '这个口令太常见，别人一试就中。',
  'password.contains-login': '口令不能包含账号。',
};

type Refused = Pick<Refusal, 'code' | 'message'>;

const sentence = ({ code, message }: Refused): Markup => html`${chinese[code] ?? ''} <span lang="en">${message}</span>`;
const warning = (refused: Refused | null): Markup => (refused === null ? nothing : html`<p class="no" role="alert">${sentence(refused)}</p>`);
const passwordRule = html`<p>口令至少 12 个字符，组成不限。此链接只能使用一次。 <span lang="en">At least 12 characters of any kind; the link works once.</span></p>`;
const newPassword = html`<input id="password" name="password" type="password" minlength="12" maxlength="256" autocomplete="new-password" required>`;

interface SignIn {
  readonly refused?: Refused | null;
  readonly login?: string;
  readonly to?: string;
}

export const signInPage = ({ refused = null, login = '', to = '/' }: SignIn = {}): string =>
  page('登录 · ThreeLoops', html`<h1>三循环 <small>ThreeLoops</small></h1><p>网格微循环 · 街道小循环 · 市区大循环</p>${warning(refused)}
<form method="post" action="/login"><input type="hidden" name="to" value="${to}"><label for="login">账号 <span lang="en">Account</span></label><input id="login" name="login" value="${login}" autocomplete="username" maxlength="64" required autofocus>
<label for="password">口令 <span lang="en">Password</span></label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
<div><button>登录 <span lang="en">Sign in</span></button></div></form>`);

interface Setup {
  readonly token: string;
  readonly login?: string;
  readonly displayName?: string;
  readonly refused?: Refused | null;
}

export const setupPage = ({ token, login = '', displayName = '', refused = null }: Setup): string =>
  page('初始化 · ThreeLoops', html`<h1>三循环 <small>第一个管理员 <span lang="en">The first administrator</span></small></h1>
<p>本机尚无账号。 <span lang="en">Nobody has an account yet.</span></p>${passwordRule}${warning(refused)}
<form method="post" action="/setup"><input type="hidden" name="token" value="${token}">
<label for="login">账号（字母、数字、点、短横） <span lang="en">Account (letters, digits, dots, dashes)</span></label><input id="login" name="login" value="${login}" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]{1,63}" autocomplete="username" required autofocus>
<label for="name">姓名 <span lang="en">Name</span></label><input id="name" name="displayName" value="${displayName}" maxlength="100" required>
<label for="password">口令 <span lang="en">Password</span></label>${newPassword}
<div><button>建立 <span lang="en">Create</span></button></div></form>`);

export const newPasswordPage = (token: string, login: string, refused: Refused | null): string =>
  page('设置口令 · ThreeLoops', html`<h1>三循环 <small>设置口令 <span lang="en">A new password</span></small></h1>${warning(refused)}
<p>账号 <span lang="en">Account</span> <b>${login}</b></p>${passwordRule}
<form method="post" action="/reset"><input type="hidden" name="token" value="${token}">
<label for="password">新口令 <span lang="en">New password</span></label>${newPassword}
<div><button>保存 <span lang="en">Save</span></button></div></form>`);

export const notNowPage = (refused: Refused): string => messagePage('请稍后再试', sentence(refused));
export const deadLinkPage = (refused: Refused): string => messagePage('链接无效', sentence(refused));

/** Goes on by itself: a cookie that was just set goes along only with a request that a page of our own begins. */
export const goOnPage = (to: string): string =>
  page('ThreeLoops', html`<p>已登录。<a href="${to}">继续</a></p>`, html`<meta http-equiv="refresh" content="0;url=${to}">`);

export const messagePage = (title: string, text: string | Markup): string => page(`${title} · ThreeLoops`, html`<h1>${title}</h1><p>${text}</p><p><a href="/">返回</a></p>`);
