import { html, Markup, page } from '../door/html.js';

const nothing = new Markup('');

const warning = (text: string | null): Markup => (text === null ? nothing : html`<p class="no" role="alert">${text}</p>`);

export const signInPage = ({ refused = null, login = '', to = '/' }: { readonly refused?: string | null; readonly login?: string; readonly to?: string } = {}): string =>
  page('登录 · ThreeLoops', html`<h1>三循环 <small>ThreeLoops</small></h1><p>网格微循环 · 街道小循环 · 市区大循环</p>${warning(refused)}
<form method="post" action="/login"><input type="hidden" name="to" value="${to}"><label for="login">账号 <span lang="en">Account</span></label><input id="login" name="login" value="${login}" autocomplete="username" maxlength="64" required autofocus>
<label for="password">口令 <span lang="en">Password</span></label><input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
<div><button>登录 <span lang="en">Sign in</span></button></div></form>`);

export const setupPage = (token: string): string =>
  page('初始化 · ThreeLoops', html`<h1>ThreeLoops 三循环 <small>第一个管理员</small></h1>
<p>本机尚无账号。此链接只能使用一次。口令至少 12 个字符，组成不限。</p>
<form method="post" action="/api/setup"><input type="hidden" name="token" value="${token}">
<label for="login">账号（字母、数字、点、短横）</label><input id="login" name="login" pattern="[A-Za-z0-9][A-Za-z0-9._\\-]{1,63}" autocomplete="username" required>
<label for="name">姓名</label><input id="name" name="displayName" maxlength="100" required>
<label for="password">口令</label><input id="password" name="password" type="password" minlength="12" maxlength="256" autocomplete="new-password" required>
<div><button>建立</button></div></form>`);

export const newPasswordPage = (token: string, login: string, refused: string | null): string =>
  page('设置口令 · ThreeLoops', html`<h1>ThreeLoops 三循环 <small>设置口令</small></h1>${warning(refused)}
<p>账号 <b>${login}</b>。口令至少 12 个字符，组成不限。此链接只能使用一次。</p>
<form method="post" action="/reset"><input type="hidden" name="token" value="${token}">
<label for="password">新口令</label><input id="password" name="password" type="password" minlength="12" maxlength="256" autocomplete="new-password" required>
<div><button>保存</button></div></form>`);

/** Goes on by itself: a cookie that was just set goes along only with a request that a page of our own begins. */
export const goOnPage = (): string =>
  page('ThreeLoops', html`<p>已登录。<a href="/">继续</a></p>`, new Markup('<meta http-equiv="refresh" content="0;url=/">'));

export const messagePage = (title: string, text: string): string => page(`${title} · ThreeLoops`, html`<h1>${title}</h1><p>${text}</p><p><a href="/">返回</a></p>`);
