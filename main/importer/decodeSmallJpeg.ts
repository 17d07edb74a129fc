import type { ImageHeader } from './imageHeader.ts';
import type { RgbImage } from './rgbSlot.ts';
import { decodeTurboJpeg } from './turboJpeg.ts';

/**
 * Decodes a small, plain JPEG (upright, RGB or grey, no profile) with libjpeg-turbo in WebAssembly, which gives the same
 * pixels as the large decoder: for such an image most of what that takes is the way to it, almost a millisecond.
 * @returns an image whose data is valid until the next call; null where that is not possible, and the large decoder has
 *   to see for itself
 */
export function decodeSmallJpeg(bytes: Uint8Array, header: ImageHeader, side: number): RgbImage | null {
  const { width, height, orientation, channels, hasProfile } = header;
  const isPlain = orientation === 1 && !hasProfile && (channels === 1 || channels === 3);
  if (!isPlain || Math.max(width, height) > side) return null;
  const data = decodeTurboJpeg(bytes, width, height);
  return data === null ? null : { data, height, width, channels: 3 };
}
