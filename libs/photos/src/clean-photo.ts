import sharp from 'sharp';
import { Refusal } from '#kernel';

export const photoBytesMax = 10 * 1024 * 1024;
const pixelsMax = 50_000_000;
const edgeMax = 2_048;
const formats: readonly string[] = ['jpeg', 'png', 'webp'];

// Decoders for anything but these three are never reached, whatever a file claims to be.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'] });
sharp.cache(false);
sharp.concurrency(1);

const notAnImage = (): Refusal => new Refusal('photo.not-an-image', 'A photo is a JPEG, PNG or WebP picture that can be read to its end.');

/**
 * 照片净化 Decodes a picture completely and draws it anew as a JPEG of at most 2048 pixels an edge, upright, without metadata (no place,
 * no device, no thumbnail). What is stored is never what was sent. Refuses with `photo.not-an-image`, `photo.too-large` (over 10 MiB) or
 * `photo.too-many-pixels` (over 50 megapixels, before any of them is decoded).
 */
export const cleanPhoto = async (sent: Uint8Array): Promise<Uint8Array> => {
  if (sent.length > photoBytesMax) throw new Refusal('photo.too-large', 'A photo has at most 10 MiB.', { bytes: sent.length, bytesMax: photoBytesMax });
  if (sent.length === 0) throw notAnImage();
  // Reading the header alone decodes nothing, so the size can be told in our own words before the limit is in force.
  const { format, width, height } = await sharp(sent, { limitInputPixels: false }).metadata().catch(() => {
    throw notAnImage();
  });
  if (!formats.includes(format)) throw notAnImage();
  if (width * height > pixelsMax) {
    throw new Refusal('photo.too-many-pixels', 'A photo has at most 50 megapixels.', { width, height, pixelsMax });
  }
  return sharp(sent, { limitInputPixels: pixelsMax, failOn: 'error', pages: 1 })
    .rotate()
    .resize({ width: edgeMax, height: edgeMax, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 82 })
    .toBuffer()
    .catch(() => {
      throw notAnImage();
    });
};
