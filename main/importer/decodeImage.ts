import sharp, { type Sharp } from 'sharp';
import type { Thumbnail } from '../../shared/importing.ts';
import { decodeBmp, readBmpHeader } from './decodeBmp.ts';
import { decodeReason } from './decodeReason.ts';
import { decodeSmallJpeg } from './decodeSmallJpeg.ts';
import { decodeWindowed, needsWindow } from './decodeWindowed.ts';
import { imageFormat, type ImageFormat } from './imageFormat.ts';
import { orientedSize, readImageHeader, type ImageHeader } from './imageHeader.ts';
import { toSlot, type RgbImage } from './rgbSlot.ts';
import { encodeThumbnail, ownThumbnail, slotIsLargeEnough, thumbnailSide } from './thumbnail.ts';
import { unsupportedKind } from './unsupportedKind.ts';

/** An image decoded into a slot. */
export interface DecodedImage {
  /** uint8 [3, M, M]: planes of red, green, blue; the image top left, the rest zero. */
  readonly pixels: Uint8Array;
  /** The image's size in the slot, at most M each. */
  readonly slotHeight: number;
  readonly slotWidth: number;
  /** The original's size, orientation applied. */
  readonly height: number;
  readonly width: number;
  /** A remark for the image's row: what was done to its values that a viewer would not do. */
  readonly note: string | null;
  /** Long side at most 256; null unless it was asked for. */
  readonly thumbnail: Thumbnail | null;
}

/** Why an image cannot be used: a clause for people, without a full stop. */
export interface Unreadable {
  readonly reason: string;
}

// Files are decoded several at a time, one thread each: that keeps all cores busy without waiting on each other.
sharp.concurrency(1);
sharp.cache(false);

/** 16,384 × 16,384, for formats that are decoded in strips. */
const maxPixels = 2 ** 28;
/** The others lie in memory whole. */
const maxPixelsWhole = 10 ** 8;
const decodedInStrips: ReadonlySet<ImageFormat> = new Set(['jpeg', 'png', 'tiff']);
/** A decoder that works on one image for longer is in a loop, or has been set a trap. */
const secondsAnImage = 60;

/**
 * Decodes an image file of any format that we read: EXIF orientation applied, colour profile converted to sRGB,
 * transparency on white, 8 bits (see `decodeWindowed` for more), the first frame of an animation; shrunk (Lanczos 3,
 * aspect kept, never enlarged; a large JPEG already while it is read) until the long side is at most M.
 * @param bytes    the whole file
 * @param slotSize M
 */
export async function decodeImage(
  bytes: Buffer,
  slotSize: number,
  { thumbnail = false }: { readonly thumbnail?: boolean } = {},
): Promise<DecodedImage | Unreadable> {
  if (bytes.length === 0) return { reason: 'the file is empty' };
  const unsupported = unsupportedKind(bytes);
  if (unsupported !== null) return { reason: unsupported };
  const format = imageFormat(bytes);
  if (format === null) return { reason: 'it is not an image of a kind that is read, whatever its name says' };
  try {
    const header = await readImageHeader(bytes, format);
    const tooLarge =
      header.width * header.height > (decodedInStrips.has(format) ? maxPixels : maxPixelsWhole);
    if (tooLarge) return { reason: 'it has more pixels than can be decoded safely' };
    const image = await decodeShrunk(bytes, format, header, slotSize);
    return {
      pixels: toSlot(image, slotSize),
      slotHeight: image.height,
      slotWidth: image.width,
      ...orientedSize(header),
      note: image.note ?? null,
      thumbnail: thumbnail ? await thumbnailOf(bytes, format, header, slotSize, image) : null,
    };
  } catch (error) {
    return { reason: decodeReason(error) };
  }
}

/** The long side of an image in pixels, from its header alone; null when that cannot be read. */
export async function readLongSide(bytes: Buffer): Promise<number | null> {
  const format = imageFormat(bytes);
  if (format === null) return null;
  const found = await readImageHeader(bytes, format).catch(() => null);
  return found === null ? null : Math.max(found.width, found.height);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size at which the long side is at most `side`; sides are rounded and never 0. */
function sizeWithin({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  const scaled = (length: number): number => Math.max(1, Math.round(length * scale));
  return { width: scaled(width), height: scaled(height) };
}

async function decodeShrunk(
  bytes: Buffer,
  format: ImageFormat,
  header: ImageHeader,
  side: number,
): Promise<RgbImage & { readonly note?: string }> {
  const small = format === 'jpeg' ? decodeSmallJpeg(bytes, header, side) : null;
  if (small !== null) return small;
  const size = sizeWithin(orientedSize(header), side);
  if (needsWindow(bytes, format, header)) return decodeWindowed(bytes, size);
  if (format !== 'bmp') return shrink(sharp(bytes, { failOn: 'error', limitInputPixels: maxPixels }), size);
  const { data, width, height } = decodeBmp(bytes, readBmpHeader(bytes));
  return shrink(sharp(data, { raw: { width, height, channels: 3 } }), size);
}

async function shrink(source: Sharp, size: Size): Promise<RgbImage> {
  // 'fill': the exact size, where 'inside' would compute it again from a JPEG that was shrunk while loading.
  const { data, info } = await source
    .autoOrient()
    .resize({ ...size, fit: 'fill', kernel: 'lanczos3' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .timeout({ seconds: secondsAnImage })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it decodes to ${info.channels} colour channels`);
  return { data, height: info.height, width: info.width, channels: 3 };
}

async function thumbnailOf(
  bytes: Buffer,
  format: ImageFormat,
  header: ImageHeader,
  slotSize: number,
  inSlot: RgbImage,
): Promise<Thumbnail> {
  const own = ownThumbnail(bytes, format, header);
  if (own !== null) return own;
  // Rare: where M is below 256, only images that are larger than most.
  const enough = slotIsLargeEnough(header, slotSize) && slotSize <= thumbnailSide;
  return encodeThumbnail(enough ? inSlot : await decodeShrunk(bytes, format, header, thumbnailSide));
}
