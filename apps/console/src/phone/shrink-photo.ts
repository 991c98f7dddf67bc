const edgeMax = 1_600;
const bytesMax = 500_000;
/** Tried in this order until the photo is small enough. */
const attempts: readonly (readonly [edge: number, quality: number])[] = [[edgeMax, 0.8], [edgeMax, 0.65], [1_280, 0.6], [1_024, 0.5]];

const drawn = (picture: ImageBitmap, edge: number): HTMLCanvasElement => {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('no canvas');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
};

const jpegOf = (canvas: HTMLCanvasElement, quality: number): Promise<Blob> =>
  new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', quality));

/**
 * 缩图 A photo as a JPEG of at most 1600 pixels an edge and, if at all possible, 500 kB, upright and drawn anew: what the camera wrote beside
 * the picture (place, device) does not leave the phone. What the browser cannot read goes as it is; the engine says what it thinks of it.
 */
export const shrinkPhoto = async (raw: Blob): Promise<Blob> => {
  const picture = await createImageBitmap(raw, { imageOrientation: 'from-image' }).catch(() => null);
  if (!picture) return raw;
  try {
    let small: Blob = raw;
    for (const [edge, quality] of attempts) {
      small = await jpegOf(drawn(picture, edge), quality);
      if (small.size <= bytesMax) break;
    }
    return small;
  } finally {
    picture.close();
  }
};
