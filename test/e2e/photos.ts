import sharp from 'sharp';

/** As `setFiles` of the browser wants it. */
export interface PhotoFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** A picture as a camera writes it: large, with the place and the maker beside it. Noise, so that it cannot be made small for nothing. */
export const cameraPhoto = async (width = 4_000, height = 3_000): Promise<PhotoFile> => {
  const coarse = Buffer.alloc(400 * 300 * 3);
  // A fixed pattern that no compression likes.
  for (let index = 0, value = 1; index < coarse.length; index += 1) {
    value = (value * 48_271) % 2_147_483_647;
    coarse[index] = 70 + (value % 120);
  }
  const buffer = await sharp(coarse, { raw: { width: 400, height: 300, channels: 3 } })
    .resize(width, height, { kernel: 'cubic' })
    .withExif({ IFD0: { Make: 'CanaryPhone' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '31/1 16/1 29/1', GPSLongitudeRef: 'E', GPSLongitude: '121/1 32/1 54/1' } })
    .jpeg({ quality: 92 })
    .toBuffer();
  return { name: 'IMG_0001.jpg', mimeType: 'image/jpeg', buffer };
};
