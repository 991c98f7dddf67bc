import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { FrontDoor } from '../../spec/front-door.js';
import type { Answer, PersonName } from '../../spec/front-door.js';

describe('photos through the door', () => {
  let door: FrontDoor;
  let jpeg: Buffer;
  beforeAll(async () => {
    door = await FrontDoor.open();
    jpeg = await sharp({ create: { width: 32, height: 24, channels: 3, background: '#884422' } }).withExif({ IFD0: { Make: 'CanaryPhone' } }).jpeg().toBuffer();
  });
  afterAll(() => door.close());

  const send = (body: Buffer, type = 'image/jpeg', person: PersonName = 'gridWorker', query = ''): Promise<Answer> => door.ask(person, 'POST', `/api/photos${query}`, { body, type });

  it('go into a report by their hash, come back to those who may read it, and to nobody else', async () => {
    const incidentId = '0190a0f0-0000-4000-8000-00000000000a';
    const { status, json } = await send(jpeg, 'image/jpeg', 'gridWorker', `?incident=${incidentId}`);
    expect([status, json]).toEqual([201, { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), bytes: expect.any(Number) }]);
    await door.reported({ incidentId, photos: [json.sha256] });
    const shown = await door.get('street', `/api/photos/${json.sha256}?incident=${incidentId}`);
    expect(shown).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } });
    const { format, width, exif } = await sharp(shown.bytes).metadata();
    expect({ format, width, exif }).toEqual({ format: 'jpeg', width: 32, exif: undefined });
    for (const person of ['otherStreet', 'neighbour'] as const) {
      expect(await door.get(person, `/api/photos/${json.sha256}?incident=${incidentId}`)).toMatchObject({ status: 404, json: { code: 'photo.not-found' } });
    }
    expect(await door.get('analyst', `/api/photos/${json.sha256}?incident=${incidentId}`)).toMatchObject({ status: 403 });
    await door.vault.erase(`incident:${incidentId}`);
    expect(await door.get('street', `/api/photos/${json.sha256}?incident=${incidentId}`)).toMatchObject({ status: 404 });
  });

  it('that prove a handling are found in its timeline', async () => {
    const id = await door.reported();
    const { json } = await send(jpeg);
    await door.told(id, ['gridWorker', 'verify', { outcome: 'true', photos: [json.sha256] }]);
    expect(await door.get('street', `/api/photos/${json.sha256}?incident=${id}`)).toMatchObject({ status: 200 });
    const another = await door.reported();
    expect(await door.get('street', `/api/photos/${json.sha256}?incident=${another}`)).toMatchObject({ status: 404 });
  });

  it.each([
    ['a text file that calls itself a photo', Buffer.from('hello'), 'image/jpeg', 422, 'photo.not-an-image'],
    ['a text file that calls itself one', Buffer.from('hello'), 'text/plain', 415, 'request.media-type'],
    ['a form', Buffer.from('--x\r\n'), 'multipart/form-data; boundary=x', 415, 'request.media-type'],
    ['JSON', Buffer.from('{}'), 'application/json', 422, 'photo.not-an-image'],
    ['more than 10 MiB', Buffer.alloc(10 * 1024 * 1024 + 1), 'image/jpeg', 413, 'photo.too-large'],
  ])('refuse %s', async (_what, body, type, status, code) => {
    expect(await send(body, type)).toMatchObject({ status, json: { code } });
  });

  it('are asked for by hash and incident only', async () => {
    for (const address of ['/api/photos/abc?incident=1', `/api/photos/${'a'.repeat(64)}`, `/api/photos/${'a'.repeat(64)}?incident=x`, '/api/photos/..%2f..%2fetc%2fpasswd?incident=x']) {
      expect(await door.get('street', address)).toMatchObject({ status: 404, json: { code: 'photo.not-found' } });
    }
  });
});
