import { crc32, deflateSync } from 'node:zlib';
import { PhotoShelf } from '#photos';
import type { KeptPhoto } from '#photos';
import type { Engine } from '#assembly';

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
};

/** A grey street with a dark manhole, drawn pixel by pixel: a picture that shows nobody. PNG, ISO/IEC 15948. */
const drawn = (width: number, height: number): Buffer => {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const hole = ((x - width / 2) / (width / 5)) ** 2 + ((y - height * 0.6) / (height / 7)) ** 2 < 1;
      const grey = hole ? 45 : 120 + Math.round((60 * y) / height) + ((x * 7 + y * 13) % 9);
      rows.fill(grey, y * (width * 3 + 1) + 1 + x * 3, y * (width * 3 + 1) + 4 + x * 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
};

/** 示意照片 The one photo that all incidents of a demonstration carry, taken in by the same way as every other. */
export const demoPhoto = (engine: Engine): Promise<KeptPhoto> => new PhotoShelf(engine.photos, engine.vault).take(drawn(480, 360), 'demo:photo');
