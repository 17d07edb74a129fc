import sharp, { type Sharp } from 'sharp';
import { imageFormat } from './imageFormat.ts';

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
}

/** Why an image cannot be used: a clause for people, without a full stop. */
export interface Unreadable {
  readonly reason: string;
}

// Files are decoded several at a time, one thread each: that keeps all cores busy without waiting on each other.
sharp.concurrency(1);
sharp.cache(false);

const tooManyPixels = /exceeds pixel limit/;

/**
 * Decodes a JPEG or PNG file: EXIF orientation applied, colour profile converted to sRGB, transparency on white,
 * 8 bits, shrunk (Lanczos 3, aspect kept, never enlarged) until the long side is at most M.
 * @param bytes    the whole file
 * @param slotSize M
 */
export async function decodeImage(bytes: Buffer, slotSize: number): Promise<DecodedImage | Unreadable> {
  if (bytes.length === 0) return { reason: 'the file is empty' };
  if (imageFormat(bytes) === null)
    return { reason: 'it is neither a JPEG nor a PNG image, whatever its name says' };
  try {
    const { autoOrient } = await sharp(bytes).metadata();
    const { data, info } = await pipeline(bytes, sizeInSlot(autoOrient, slotSize))
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) return { reason: `it decodes to ${info.channels} colour channels` };
    const pixels = toSlot(data, info.height, info.width, slotSize);
    return { pixels, slotHeight: info.height, slotWidth: info.width, ...autoOrient };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** The long side of an image in pixels, from its header alone; null when that cannot be read. */
export async function readLongSide(bytes: Buffer): Promise<number | null> {
  if (imageFormat(bytes) === null) return null;
  const found = await sharp(bytes)
    .metadata()
    .catch(() => null);
  return found === null ? null : Math.max(found.width, found.height);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size at which the long side is at most M; sides are rounded and never 0. */
function sizeInSlot({ width, height }: Size, slotSize: number): Size {
  const scale = Math.min(1, slotSize / Math.max(width, height));
  const scaled = (side: number): number => Math.max(1, Math.round(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

function pipeline(bytes: Buffer, size: Size): Sharp {
  // 'fill': the exact size, where 'inside' would compute it again from a JPEG that was shrunk while loading.
  return sharp(bytes, { failOn: 'error' })
    .autoOrient()
    .resize({ ...size, fit: 'fill', kernel: 'lanczos3' })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb');
}

/** Interleaved [h, w, 3] to planes in the corner of a zero slot [3, M, M]. */
function toSlot(interleaved: Uint8Array, height: number, width: number, slotSize: number): Uint8Array {
  const slot = new Uint8Array(3 * slotSize * slotSize);
  const plane = slotSize * slotSize;
  for (let y = 0; y < height; y += 1) {
    let from = y * width * 3;
    for (let to = y * slotSize; to < y * slotSize + width; to += 1, from += 3) {
      slot[to] = interleaved[from];
      slot[to + plane] = interleaved[from + 1];
      slot[to + 2 * plane] = interleaved[from + 2];
    }
  }
  return slot;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (tooManyPixels.test(message)) return 'it has more pixels than can be decoded safely';
  const detail = message
    .split('\n')[0]
    .replace(/^Vips\w+: /i, '')
    .replace(/\.$/, '');
  return `it is damaged or cut off (${detail})`;
}
