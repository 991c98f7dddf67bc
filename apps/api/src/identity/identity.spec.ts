import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loginLink, setupLink } from '#identity';
import { Unavailable } from '#kernel';
import { FrontDoor } from '../../spec/front-door.js';
import type { Answer } from '../../spec/front-door.js';

const password = 'blue rivers sing at night';
const form = (fields: Readonly<Record<string, string>>): { readonly body: string; readonly type: string } => ({ body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' });
const cookieOf = (answer: Answer): string => String(answer.headers['set-cookie']).split(';')[0] as string;

describe('coming in', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  it('begins, where nobody has an account, with a link that makes the first administrator', async () => {
    const link = await setupLink(door.doorkeeper);
    const token = link.split('token=')[1] as string;
    expect((await door.get(null, link)).text).toContain(`name="token" value="${token}"`);
    expect(await door.get(null, '/setup?token=wrong')).toMatchObject({ status: 410 });
    expect(await door.ask(null, 'POST', '/api/setup', { body: { token, login: 'root', displayName: '管理员', password: 'short' } })).toMatchObject({ status: 422, json: { code: 'password.too-short' } });
    const made = await door.ask(null, 'POST', '/setup', form({ token, login: 'root', displayName: '管理员', password }));
    expect(made).toMatchObject({ status: 303, headers: { location: '/admin?tab=accounts' } });
    expect((await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(made) } })).json).toMatchObject({ displayName: '管理员', role: 'administrator' });
    expect(await door.ask(null, 'POST', '/api/setup', { body: { token, login: 'root2', displayName: '又一个', password } })).toMatchObject({ status: 410, json: { code: 'link.invalid' } });
    expect(await door.ask(null, 'POST', '/setup', form({ token, login: 'root2', displayName: '又一个', password }))).toMatchObject({ status: 410, text: expect.stringContaining('此链接已用过') });
  });

  it('shows the form of the first administrator again when something in it is refused, and its link is still good', async () => {
    const other = await FrontDoor.open();
    try {
      const token = (await setupLink(other.doorkeeper)).split('token=')[1] as string;
      const typed = { token, login: 'Root.1', displayName: '"王"' };
      for (const [changes, status, said] of [[{ password: 'password1234' }, 422, '这个口令太常见'], [{ password: 'xx root.1 yy zz' }, 422, '口令不能包含账号'], [{ password, login: '管理员' }, 422, '账号为 2 至 64 个字母']] as const) {
        const { text, ...answer } = await other.ask(null, 'POST', '/setup', form({ ...typed, ...changes }));
        expect(answer).toMatchObject({ status, headers: { 'content-type': 'text/html; charset=utf-8' } });
        for (const part of [said, 'role="alert"', `value="${token}"`, 'value="&quot;王&quot;"']) expect(text).toContain(part);
        expect(text).not.toContain(changes.password);
      }
      expect(await other.ask(null, 'POST', '/api/setup', { body: { ...typed, login: '管理员', password } })).toMatchObject({ status: 422, json: { code: 'account.login-unreadable' } });
      expect(await other.ask(null, 'POST', '/setup', form({ ...typed, password }))).toMatchObject({ status: 303 });
      expect(await other.ask(null, 'POST', '/login', form({ login: 'root.1', password }))).toMatchObject({ status: 303 });
    } finally {
      await other.close();
    }
  });

  it('is open to a form and gives browsers a cookie that no script can read and no other page can send', async () => {
    expect(await door.ask(null, 'POST', '/login', form({ login: 'root', password: 'wrong wrong wrong' }))).toMatchObject({ status: 401, text: expect.stringContaining('role="alert"') });
    const answer = await door.ask(null, 'POST', '/login', form({ login: 'root', password }));
    expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
    expect(String(answer.headers['set-cookie'])).toMatch(/^threeloops=[A-Za-z0-9_-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
    expect(await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(answer) } })).toMatchObject({ status: 200, json: { login: 'root' } });
  });

  it('says on its pages that it is busy or away, keeps what was typed, and says when to come back', async () => {
    const other = await FrontDoor.open();
    try {
      const token = (await setupLink(other.doorkeeper)).split('token=')[1] as string;
      const busy = (): Promise<never> => Promise.reject(new Unavailable('login.busy', 'Too many people are signing in at this moment.', 2));
      const { doorkeeper } = other;
      const [signIn, setUp, peekLink] = [doorkeeper.signIn, doorkeeper.setUp, doorkeeper.peekLink].map((each) => each.bind(doorkeeper));
      Object.assign(doorkeeper, { signIn: busy, setUp: busy });
      const expected = { status: 503, headers: { 'content-type': 'text/html; charset=utf-8', 'retry-after': '2' }, text: expect.stringContaining('此刻登录的人太多') };
      expect(await other.ask(null, 'POST', '/login', form({ login: 'root', password, to: '/desk' }))).toMatchObject({ ...expected, text: expect.stringMatching(/此刻登录的人太多[^]*value="root"/) });
      expect(await other.ask(null, 'POST', '/setup', form({ token, login: 'root', displayName: '管理员', password }))).toMatchObject({ ...expected, text: expect.stringMatching(/此刻登录的人太多[^]*value="管理员"/) });
      Object.assign(doorkeeper, { peekLink: busy });
      const page = await other.ask(null, 'GET', `/setup?token=${token}`);
      expect(page).toMatchObject(expected);
      expect(page.text).not.toContain('链接无效');
      Object.assign(doorkeeper, { signIn, setUp, peekLink });
      expect(await other.ask(null, 'POST', '/setup', form({ token, login: 'root', displayName: '管理员', password }))).toMatchObject({ status: 303 });
    } finally {
      await other.close();
    }
  });

  it('shows a wrong login as text and nothing else', async () => {
    const { text } = await door.ask(null, 'POST', '/login', form({ login: '"><script>alert(1)</script>', password }));
    expect(text).not.toContain('<script>');
    expect(text).toContain('&lt;script&gt;');
  });

  it('sets a cookie for TLS alone where there is TLS', async () => {
    const secure = await FrontDoor.open({ https: true });
    try {
      await secure.doorkeeper.addAccount({ login: 'root', displayName: 'R', role: 'administrator', unit: 'administration', place: null }, password);
      const answer = await secure.post(null, '/api/sessions', { login: 'root', password });
      expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-threeloops=[A-Za-z0-9_-]{43}; Path=\/; Expires=.*; HttpOnly; Secure; SameSite=Strict$/);
      expect(await secure.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(answer) } })).toMatchObject({ status: 200 });
      expect(await secure.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(answer).replace('__Host-', '') } })).toMatchObject({ status: 401 });
    } finally {
      await secure.close();
    }
  });

  it('gives programs a token and no cookie, and ends it on request', async () => {
    const answer = await door.post(null, '/api/sessions', { login: 'root', password, bearer: true });
    expect(answer).toMatchObject({ status: 201, json: { role: 'administrator', token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) } });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const authorization = `Bearer ${answer.json.token as string}`;
    expect(await door.ask(null, 'GET', '/api/me', { headers: { authorization } })).toMatchObject({ status: 200 });
    expect(await door.ask(null, 'DELETE', '/api/sessions/current', { headers: { authorization } })).toMatchObject({ status: 204 });
    expect(await door.ask(null, 'GET', '/api/me', { headers: { authorization } })).toMatchObject({ status: 401, json: { code: 'session.missing' } });
  });

  it('ends every session of an account at once, and by the button of the page', async () => {
    const [first, second] = [await door.post(null, '/api/sessions', { login: 'root', password }), await door.post(null, '/api/sessions', { login: 'root', password })];
    expect(await door.ask(null, 'DELETE', '/api/sessions', { headers: { cookie: cookieOf(first) } })).toMatchObject({ status: 204 });
    expect(await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(second) } })).toMatchObject({ status: 401 });
    const third = await door.post(null, '/api/sessions', { login: 'root', password });
    expect(await door.ask(null, 'POST', '/logout', { headers: { cookie: cookieOf(third) } })).toMatchObject({ status: 303, headers: { location: '/login' } });
    expect(await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(third) } })).toMatchObject({ status: 401 });
  });

  it('by a login link works once and keeps the link out of what follows', async () => {
    await door.tokenOf('street');
    const link = await loginLink(door.doorkeeper, door.accounts.get('street')?.id as string);
    expect(await door.ask(null, 'HEAD', link)).toMatchObject({ status: 200 });
    const answer = await door.get(null, link);
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('http-equiv="refresh" content="0;url=/"'), headers: { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' } });
    expect(await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(answer) } })).toMatchObject({ json: { login: 'street' } });
    expect(await door.get(null, link)).toMatchObject({ status: 410 });
    expect(door.logged.join('')).not.toContain(link.split('token=')[1]);
  });

  it('by a login link goes on to the page that the link names, and nowhere else', async () => {
    await door.tokenOf('street');
    const linkTo = (to: `/${string}`) => loginLink(door.doorkeeper, door.accounts.get('street')?.id as string, to);
    const link = await linkTo('/figures?by=street');
    expect(link).toMatch(/&to=%2Ffigures%3Fby%3Dstreet$/);
    expect((await door.get(null, link)).text).toContain('content="0;url=/figures?by=street"');
    expect((await door.get(null, await linkTo('//elsewhere.example'))).text).toContain('content="0;url=/"');
  });

  it('is refused for a while after five failures, with the time to wait', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) expect(await door.post(null, '/api/sessions', { login: 'guessed', password: 'wrong' })).toMatchObject({ status: 401, json: { code: 'login.refused' } });
    expect(await door.post(null, '/api/sessions', { login: 'guessed', password: 'wrong' })).toMatchObject({ status: 429, headers: { 'retry-after': '900' }, json: { code: 'login.throttled' } });
  });

  it('names the field that is missing', async () => {
    expect(await door.post(null, '/api/sessions', { login: 'root' })).toMatchObject({ status: 400, json: { errors: expect.arrayContaining([expect.objectContaining({ field: 'password' })]) } });
    expect(await door.post(null, '/api/sessions', { login: 'root', password, role: 'administrator' })).toMatchObject({ status: 400, json: { errors: [{ field: 'role', code: 'unknown-field' }] } });
  });
});

describe('the administrator', () => {
  let door: FrontDoor;
  beforeAll(async () => {
    door = await FrontDoor.open();
  });
  afterAll(() => door.close());

  const worker = { login: 'li.si', displayName: '李四', role: 'grid-worker', unit: 'S1A-station', place: 'S1A' };

  it('makes accounts whose owners set their own passwords, and closes them at once', async () => {
    const { status, json } = await door.post('administrator', '/api/accounts', worker);
    expect([status, json.account.login]).toEqual([201, 'li.si']);
    const token = json.resetLink.split('token=')[1] as string;
    expect((await door.get(null, json.resetLink)).text).toContain('li.si');
    expect(await door.ask(null, 'POST', '/reset', form({ token, password: 'li.si li.si li.si' }))).toMatchObject({ status: 422, text: expect.stringContaining('role="alert"') });
    expect(await door.ask(null, 'POST', '/reset', form({ token, password }))).toMatchObject({ status: 303, headers: { location: '/login' } });
    expect(await door.ask(null, 'POST', '/reset', form({ token, password }))).toMatchObject({ status: 410 });
    const session = await door.post(null, '/api/sessions', { login: 'li.si', password });
    expect(await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(session) } })).toMatchObject({ status: 200 });
    expect(await door.post('administrator', `/api/accounts/${json.account.id}/deactivate`)).toMatchObject({ status: 204 });
    expect(await door.ask(null, 'GET', '/api/me', { headers: { cookie: cookieOf(session) } })).toMatchObject({ status: 401 });
    expect(await door.post('administrator', `/api/accounts/${json.account.id}/reset-password`)).toMatchObject({ status: 422, json: { code: 'account.inactive' } });
    expect(await door.post('administrator', `/api/accounts/${json.account.id}/activate`)).toMatchObject({ status: 204 });
    expect(await door.post('administrator', `/api/accounts/${json.account.id}/reset-password`)).toMatchObject({ status: 200, json: { resetLink: expect.stringMatching(/^\/reset\?token=/) } });
  });

  it('sees accounts without anything that could open them', async () => {
    const { json, text } = await door.get('administrator', '/api/accounts');
    expect(json.items.map(({ login }: { login: string }) => login)).toContain('administrator');
    expect(text).not.toMatch(/argon2|hash/i);
  });

  it.each([
    [{ unit: 'S9-station' }, 422, 'account.unit-unknown'], [{ place: 'YP' }, 422, 'account.place-kind'], [{ role: 'engine' }, 400, 'input.invalid'], [{ login: 'li.si' }, 409, 'account.login-taken'],
    [{ login: 'ok.name', active: true }, 400, 'input.invalid'],
  ])('cannot make an account with %j', async (wrong, status, code) => {
    expect(await door.post('administrator', '/api/accounts', { ...worker, ...wrong })).toMatchObject({ status, json: { code } });
  });

  it('cannot close the own account, nor one that does not exist', async () => {
    await door.tokenOf('administrator');
    expect(await door.post('administrator', `/api/accounts/${door.accounts.get('administrator')?.id}/deactivate`)).toMatchObject({ status: 422, json: { code: 'account.own' } });
    for (const id of ['0190a0f0-0000-4000-8000-000000000001', 'me']) expect(await door.post('administrator', `/api/accounts/${id}/deactivate`)).toMatchObject({ status: 404, json: { code: 'account.unknown' } });
  });
});
