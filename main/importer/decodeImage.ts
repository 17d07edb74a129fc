import type { Sharp } from 'sharp';
import type { Thumbnail } from '../../shared/importing.ts';
import { decodeBmp, readBmpHeader } from './decodeBmp.ts';
import { decodeReason } from './decodeReason.ts';
import { decodeSmallJpeg } from './decodeSmallJpeg.ts';
import { decodeWindowed, needsWindow } from './decodeWindowed.ts';
import { imageFormat, type ImageFormat } from './imageFormat.ts';
import { orientedSize, quickHeader, readImageHeader, type ImageHeader } from './imageHeader.ts';
import { loadSharp } from './loadSharp.ts';
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

/** 16,384 × 16,384, for formats that are decoded in strips. */
const maxPixels = 2 ** 28;
/** The others lie in memory whole. */
const maxPixelsWhole = 10 ** 8;
const decodedInStrips: ReadonlySet<ImageFormat> = new Set(['jpeg', 'png', 'tiff']);
/** A decoder that works on one image for longer is in a loop, or has been set a trap. */
const secondsAnImage = 60;

export interface DecodeOptions {
  /** Whether to make one. */
  readonly thumbnail?: boolean;
  /** Gives the zero slot to decode into. */
  readonly slot?: () => Uint8Array;
}

/** Decodes a small, plain JPEG without waiting for anything; null where it takes `decodeImage`. */
export function decodeAtOnce(
  bytes: Buffer,
  slotSize: number,
  { thumbnail = false, slot = () => newSlot(slotSize) }: DecodeOptions = {},
): DecodedImage | null {
  if (imageFormat(bytes) !== 'jpeg') return null;
  const header = quickHeader(bytes, 'jpeg');
  if (header === null) return null;
  const own = thumbnail ? ownThumbnail(bytes, 'jpeg', header) : null;
  if (thumbnail && own === null) return null;
  const image = decodeSmallJpeg(bytes, header, slotSize);
  if (image === null) return null;
  const { height, width } = image;
  const pixels = toSlot(image, slotSize, slot());
  return { pixels, slotHeight: height, slotWidth: width, height, width, note: null, thumbnail: own };
}

function newSlot(slotSize: number): Uint8Array {
  return new Uint8Array(3 * slotSize * slotSize);
}

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
  { thumbnail = false, slot = () => newSlot(slotSize) }: DecodeOptions = {},
): Promise<DecodedImage | Unreadable> {
  if (bytes.length === 0) return { reason: 'the file is empty' };
  const unsupported = unsupportedKind(bytes);
  if (unsupported !== null) return { reason: unsupported };
  const format = imageFormat(bytes);
  if (format === null) return { reason: 'it is not an image of a kind that is read, whatever its name says' };
  try {
    const header = await readImageHeader(bytes, format);
    if (isTooLarge(header, format)) return { reason: 'it has more pixels than can be decoded safely' };
    const image = await decodeShrunk(bytes, format, header, slotSize);
    return {
      pixels: toSlot(image, slotSize, slot()),
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

/** A decoded image with a remark, as `DecodedImage` has it. */
export type Picture = RgbImage & { readonly note: string | null };

/**
 * Decodes an image file just as `decodeImage` does, but for looking at: not into a slot.
 * @param side the long side that it is shrunk to
 */
export async function decodePicture(bytes: Buffer, side: number): Promise<Picture | Unreadable> {
  const format = imageFormat(bytes);
  if (format === null)
    return { reason: unsupportedKind(bytes) ?? 'it is not an image of a kind that is read' };
  try {
    const header = await readImageHeader(bytes, format);
    if (isTooLarge(header, format)) return { reason: 'it has more pixels than can be decoded safely' };
    const { note = null, ...image } = await decodeShrunk(bytes, format, header, side);
    return { ...image, note };
  } catch (error) {
    return { reason: decodeReason(error) };
  }
}

function isTooLarge({ width, height }: ImageHeader, format: ImageFormat): boolean {
  return width * height > (decodedInStrips.has(format) ? maxPixels : maxPixelsWhole);
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
  // Its data is valid until the next image only, and others may be decoded while this one waits.
  if (small !== null) return { ...small, data: small.data.slice() };
  const size = sizeWithin(orientedSize(header), side);
  if (needsWindow(bytes, format, header)) return decodeWindowed(bytes, size);
  const sharp = await loadSharp();
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
