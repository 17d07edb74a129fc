import type { Thumbnail } from '../../shared/importing.ts';
import type { ImageFormat } from './imageFormat.ts';
import { orientedSize, type ImageHeader } from './imageHeader.ts';
import { loadSharp } from './loadSharp.ts';
import type { RgbImage } from './rgbSlot.ts';

/** Long side of a thumbnail in pixels. */
export const thumbnailSide = 256;
/** A small file is its own thumbnail: nothing is smaller or sharper. */
const smallFileBytes = 16 * 1024;
const quality = 80;

const shownByBrowsers: Partial<Readonly<Record<ImageFormat, string>>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

/** A file that is small enough to be shown as it is, or null. */
export function ownThumbnail(bytes: Buffer, format: ImageFormat, header: ImageHeader): Thumbnail | null {
  const type = shownByBrowsers[format];
  if (type === undefined || bytes.length > smallFileBytes || header.bits > 8) return null;
  if (Math.max(header.width, header.height) > thumbnailSide) return null;
  return { type, bytes };
}

/** A JPEG of a decoded image whose long side is at most `thumbnailSide`. */
export async function encodeThumbnail({ data, height, width, channels }: RgbImage): Promise<Thumbnail> {
  const sharp = await loadSharp();
  const bytes = await sharp(data, { raw: { width, height, channels } })
    .removeAlpha()
    .jpeg({ quality })
    .toBuffer();
  return { type: 'image/jpeg', bytes: new Uint8Array(bytes) };
}

/** Whether the pixels of a slot are as large as a thumbnail of this image should be. */
export function slotIsLargeEnough(header: ImageHeader, slotSize: number): boolean {
  const { width, height } = orientedSize(header);
  return slotSize >= Math.min(thumbnailSide, Math.max(width, height));
}
