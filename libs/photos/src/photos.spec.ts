import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { MemoryKeyVault } from '#memory';
import { cleanPhoto } from './clean-photo.js';
import { FolderPhotoStore } from './folder-photo-store.js';
import { MemoryPhotoStore } from './memory-photo-store.js';
import { PhotoShelf } from './photo-shelf.js';
import type { PhotoStore } from './photo-store.js';

const picture = (width = 64, height = 48): Sharp => sharp({ create: { width, height, channels: 3, background: '#336699' } });

/** A telephone's photo: with its place, device and which way up it was held. */
const withPlace = (): Promise<Buffer> =>
  picture().withExif({ IFD0: { Make: 'CanaryPhone', Orientation: '6' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '31/1 16/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '121/1 31/1 0/1' } }).withMetadata({ orientation: 6 }).jpeg().toBuffer();

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
};

/** A few bytes that claim to be a picture of 50,000 by 50,000. */
const bomb = (): Buffer => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(50_000, 0);
  header.writeUInt32BE(50_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(1_000))), chunk('IEND', Buffer.alloc(0))]);
};

describe('cleaning a photo', () => {
  it('takes away where and with what it was taken, and turns it upright', async () => {
    const sent = await withPlace();
    expect((await sharp(sent).metadata()).exif).toBeDefined();
    const cleaned = await cleanPhoto(sent);
    const { format, exif, width, height } = await sharp(cleaned).metadata();
    expect({ format, exif, width, height }).toEqual({ format: 'jpeg', exif: undefined, width: 48, height: 64 });
    expect(Buffer.from(cleaned).includes('CanaryPhone')).toBe(false);
  });

  it.each(['png', 'webp', 'jpeg'] as const)('draws a %s anew as a JPEG of at most 2048 pixels an edge', async (format) => {
    const { format: drawn, width, height } = await sharp(await cleanPhoto(await picture(3_000, 1_500)[format]().toBuffer())).metadata();
    expect({ drawn, width, height }).toEqual({ drawn: 'jpeg', width: 2_048, height: 1_024 });
  });

  it('leaves nothing of what was hidden behind the picture', async () => {
    const polyglot = Buffer.concat([await picture().jpeg().toBuffer(), Buffer.from('<script>alert(1)</script>')]);
    expect(Buffer.from(await cleanPhoto(polyglot)).includes('<script>')).toBe(false);
  });

  it.each([
    ['a text file', async () => Buffer.from('just some words, no picture at all')],
    ['nothing at all', async () => Buffer.alloc(0)],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="10" height="10"/></svg>')],
    ['a GIF', async () => picture().gif().toBuffer()],
    ['a TIFF', async () => picture().tiff().toBuffer()],
    ['half a JPEG', async () => (await picture(640, 480).jpeg().toBuffer()).subarray(0, 700)],
  ])('refuses %s as no photo', async (_what, make) => {
    await expect(make().then(cleanPhoto)).rejects.toMatchObject({ code: 'photo.not-an-image' });
  });

  it('refuses a picture that would fill the memory before it decodes it', async () => {
    await expect(cleanPhoto(bomb())).rejects.toMatchObject({ code: 'photo.too-many-pixels' });
  });

  it('refuses more than 10 MiB', async () => {
    await expect(cleanPhoto(new Uint8Array(10 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'photo.too-large' });
  });
});

describe.each(['folder', 'memory'] as const)('the photo store in %s', (kind) => {
  let folder: string;
  let store: PhotoStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'photos-'));
    store = kind === 'folder' ? new FolderPhotoStore(folder) : new MemoryPhotoStore();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps what it was given, once', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    await store.keep('a'.repeat(64), bytes);
    await store.keep('a'.repeat(64), bytes);
    expect([...((await store.read('a'.repeat(64))) as Uint8Array)]).toEqual([1, 2, 3]);
    expect([...(await store.sizes(['a'.repeat(64), 'b'.repeat(64)]))]).toEqual([['a'.repeat(64), 3]]);
    if (kind === 'folder') expect(await readdir(join(folder, 'aa'))).toEqual([`${'a'.repeat(62)}.photo`]);
  });

  it('has nothing under a hash that it was never given', async () => {
    expect(await store.read('c'.repeat(64))).toBeNull();
  });
});

describe('the photo shelf', () => {
  it('keeps a photo sealed, under the hash of its sealed bytes, and shows it again', async () => {
    const [store, vault] = [new MemoryPhotoStore(), new MemoryKeyVault()];
    const shelf = new PhotoShelf(store, vault);
    const kept = await shelf.take(await picture().png().toBuffer(), 'incident:1');
    const stored = (await store.read(kept.sha256)) as Uint8Array;
    expect(stored.length).toBe(kept.bytes);
    expect(Buffer.from(stored).includes(Buffer.from([0xff, 0xd8, 0xff]))).toBe(false);
    expect((await sharp((await shelf.show(kept.sha256)) as Uint8Array).metadata()).format).toBe('jpeg');
    expect(await shelf.referencesTo([kept.sha256])).toEqual([kept]);
  });

  it('cannot show a photo whose key was erased', async () => {
    const vault = new MemoryKeyVault();
    const shelf = new PhotoShelf(new MemoryPhotoStore(), vault);
    const { sha256 } = await shelf.take(await picture().jpeg().toBuffer(), 'incident:1');
    await vault.erase('incident:1');
    expect(await shelf.show(sha256)).toBeNull();
  });

  it('refuses to refer to a photo that nobody sent', async () => {
    await expect(new PhotoShelf(new MemoryPhotoStore(), new MemoryKeyVault()).referencesTo(['d'.repeat(64)])).rejects.toMatchObject({ code: 'photo.unknown' });
  });
});
