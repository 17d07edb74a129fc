import sharp from 'sharp';
import type { EncodedPicture } from '../../shared/pictures.ts';
import type { RgbImage } from './rgbSlot.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pictures with more pixels than this become JPEG: a PNG of a photograph takes ten times as much. */
const mostPngPixels = 512 * 512;
const quality = 90;

/** Encodes pixels for a screen: PNG where they are few, so that nothing is added to them, else JPEG. */
export async function encodePicture({ data, width, height, channels }: RgbImage): Promise<EncodedPicture> {
  const source = sharp(data, { raw: { width, height, channels } }).removeAlpha();
  const isSmall = width * height <= mostPngPixels;
  const encoded = isSmall ? source.png({ compressionLevel: 3 }) : source.jpeg({ quality });
  const bytes = new Uint8Array(await encoded.toBuffer());
  return { type: isSmall ? 'image/png' : 'image/jpeg', bytes, width, height };
}

/** The same of planes [3, height, width] with values in 0 … 1; what lies outside is cut off. */
export function encodePlanes(planes: ArrayLike<number>, { width, height }: Size): Promise<EncodedPicture> {
  const plane = width * height;
  const data = new Uint8Array(plane * 3);
  for (let i = 0, to = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[to++] = Math.min(255, Math.max(0, Math.round(255 * planes[channel * plane + i])));
    }
  }
  return encodePicture({ data, width, height, channels: 3 });
}

/**
 * The image in the corner of its slot.
 * @param slot uint8 [3, M, M]
 */
export function encodeSlot(
  slot: Uint8Array,
  slotSize: number,
  { width, height }: Size,
): Promise<EncodedPicture> {
  const plane = slotSize * slotSize;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++) data[to++] = slot[channel * plane + y * slotSize + x];
    }
  }
  return encodePicture({ data, width, height, channels: 3 });
}
