import { decode } from '@cwasm/jpeg-turbo';
import type { ImageHeader } from './imageHeader.ts';
import type { RgbImage } from './rgbSlot.ts';

/** Beyond this, native code wins: what it saves is the way to the large decoder, almost a millisecond an image. */
const maxPixels = 160 * 160;
/** Each failure leaves some memory behind in the small decoder; in a folder of broken files it is not asked again. */
const maxFailures = 200;
let failures = 0;

/**
 * Decodes a small, plain JPEG (upright, RGB or grey, no profile) with libjpeg-turbo in WebAssembly, which gives the same
 * pixels as the large decoder.
 * @returns null where that is not possible, and the large decoder has to see for itself
 */
export function decodeSmallJpeg(bytes: Buffer, header: ImageHeader, side: number): RgbImage | null {
  const { width, height, orientation, channels, hasProfile } = header;
  const isPlain = orientation === 1 && !hasProfile && (channels === 1 || channels === 3);
  if (!isPlain || Math.max(width, height) > side || width * height > maxPixels || failures > maxFailures)
    return null;
  try {
    const image = decode(bytes);
    return image.width === width && image.height === height
      ? { data: image.data, height, width, channels: 4 }
      : null;
  } catch {
    failures += 1;
    return null;
  }
}
