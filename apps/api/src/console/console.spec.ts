import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FrontDoor } from '../../spec/front-door.js';
import { publicRoutes } from '../door/access.js';
import { deskPages } from './console-controller.js';
import { ConsoleFiles } from './console-files.js';

describe('the console', () => {
  let folder: string;
  let door: FrontDoor;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'console-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<title>desk</title>');
    await writeFile(join(folder, 'm.html'), '<title>phone</title>');
    await writeFile(join(folder, 'phone.webmanifest'), '{}');
    await writeFile(join(folder, 'build-mark'), 'not for anybody');
    await writeFile(join(folder, 'assets', 'desk-1a2b.js'), 'let desk;');
    await writeFile(join(folder, 'assets', 'desk-1a2b.js.gz'), gzipSync('let desk;'));
    door = await FrontDoor.open({ consoleFiles: await ConsoleFiles.of(folder) });
  });
  afterAll(async () => {
    await door.close();
    await rm(folder, { recursive: true });
  });

  it('sends strangers from each of its pages to the sign-in, which brings them back', async () => {
    for (const page of [...deskPages, 'm']) {
      expect(publicRoutes).toContain(`GET /${page}`);
      const address = `/${page.replace(':id', 'abc')}`;
      expect(await door.get(null, address)).toMatchObject({ status: 303, headers: { location: `/login?to=${encodeURIComponent(address)}` } });
    }
    const signIn = await door.get(null, '/login?to=%2Fincidents%2Fabc%2Freplay');
    expect(signIn.text).toContain('name="to" value="/incidents/abc/replay"');
    await door.doorkeeper.addAccount({ login: 'back', displayName: 'B', role: 'analyst', unit: 'YP-centre', place: 'YP' }, 'blue rivers sing');
    const form = (to: string) => ({ body: new URLSearchParams({ login: 'back', password: 'blue rivers sing', to }).toString(), type: 'application/x-www-form-urlencoded' });
    expect(await door.ask(null, 'POST', '/login', form('/district'))).toMatchObject({ status: 303, headers: { location: '/district' } });
    for (const elsewhere of ['//evil.example', 'https://evil.example', '/\\evil.example', '/login?token=1']) {
      expect(await door.ask(null, 'POST', '/login', form(elsewhere))).toMatchObject({ status: 303, headers: { location: '/' } });
    }
  });

  it('shows strangers no asset, and the manifest that a browser fetches by itself', async () => {
    expect(await door.get(null, '/assets/desk-1a2b.js')).toMatchObject({ status: 401, json: { code: 'session.missing' } });
    expect(await door.get(null, '/phone.webmanifest')).toMatchObject({ status: 200, headers: { 'content-type': 'application/manifest+json; charset=utf-8' } });
  });

  it('writes a line about a page and about whoever is refused, and only for those who look closely one about the parts that a page is made of', async () => {
    await door.get('street', '/desk');
    door.logged.length = 0;
    expect(await door.get('street', '/assets/desk-1a2b.js')).toMatchObject({ status: 200 });
    expect(await door.get('street', '/desk')).toMatchObject({ status: 200 });
    await door.get(null, '/assets/desk-1a2b.js');
    const lines = door.logged.map((line) => JSON.parse(line) as { level: number; route: string; status: number }).map(({ level, route, status }) => `${level >= 30 ? 'told' : 'for those who look closely'} ${status} ${route}`);
    expect(lines).toEqual(['for those who look closely 200 /assets/:file', 'told 200 /desk', 'told 401 /assets/:file']);
  });

  it('is the desk for whoever sits at one, and the phone for a grid worker and for a unit that comes with a telephone', async () => {
    const telephone = { 'user-agent': 'Mozilla/5.0 (iPhone) Mobile/15E148' };
    expect((await door.get('street', '/')).text).toContain('desk');
    expect((await door.get('roads', '/')).text).toContain('desk');
    expect(await door.get('roads', '/', telephone)).toMatchObject({ status: 303, headers: { location: '/m' } });
    expect(await door.get('gridWorker', '/')).toMatchObject({ status: 303, headers: { location: '/m' } });
    expect((await door.get('gridWorker', '/m')).text).toContain('phone');
    expect((await door.get('street', '/incidents/abc/replay')).text).toContain('desk');
  });

  it('keeps assets in the browser for ever and asks for pages anew', async () => {
    const page = await door.get('street', '/desk');
    expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' });
    expect(await door.get('street', '/desk', { 'if-none-match': String(page.headers['etag']) })).toMatchObject({ status: 304 });
    expect((await door.get('street', '/assets/desk-1a2b.js')).headers['cache-control']).toBe('private, max-age=31536000, immutable');
  });

  it('goes over the wire compressed to whoever reads that', async () => {
    const response = await fetch(`${door.origin}/assets/desk-1a2b.js`, { headers: { authorization: `Bearer ${await door.tokenOf('street')}`, 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe(gunzipSync(gzipSync('let desk;')).toString());
    expect((await door.get('street', '/assets/desk-1a2b.js', { 'accept-encoding': 'identity' })).text).toBe('let desk;');
  });

  it.each(['/assets/nothing.js', '/assets/..%2Findex.html', '/assets/..%2Fbuild-mark', '/icons/..%2f..%2f..%2fetc%2fpasswd', '/phone-worker.js'])('has nothing at %s', async (address) => {
    expect(await door.get('street', address)).toMatchObject({ status: 404, json: { code: 'route.unknown' } });
  });

  it('says on its pages when the engine was started without it', async () => {
    const bare = await FrontDoor.open({ consoleFiles: await ConsoleFiles.of(join(folder, 'nowhere')) });
    try {
      expect(await bare.get('street', '/')).toMatchObject({ status: 503, text: expect.stringContaining('没有工作台') });
    } finally {
      await bare.close();
    }
  });
});

describe('map tiles', () => {
  it('come from the one origin that the operator names, and from nowhere where none is named', async () => {
    const tiles = { url: 'https://tiles.city.example/{z}/{x}/{y}.png?key=1', note: '测绘院' };
    const door = await FrontDoor.open({ tiles });
    const bare = await FrontDoor.open();
    try {
      const answer = await door.get('street', '/api/map');
      expect(answer.json).toEqual({ tiles });
      expect(answer.headers['content-security-policy']).toContain("img-src 'self' data: blob: https://tiles.city.example;");
      expect((await bare.get('street', '/api/map')).json).toEqual({ tiles: null });
      expect((await bare.get('street', '/api/map')).headers['content-security-policy']).toContain("img-src 'self' data: blob:;");
    } finally {
      await door.close();
      await bare.close();
    }
  });
});
