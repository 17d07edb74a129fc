import { decode } from 'bmpimagejs';
import { UnusableImage } from './decodeReason.ts';
import type { RgbImage } from './rgbSlot.ts';

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  /** 0 none, 1 and 2 run lengths, 3 bit fields. */
  readonly compression: number;
  /** Where the pixels begin. */
  readonly offset: number;
}

/** What the header of a BMP file says. @throws RangeError when it is cut off */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  const offset = bytes.readUInt32LE(10);
  if (bytes.readUInt32LE(14) === 12) {
    const [width, height] = [bytes.readUInt16LE(18), bytes.readUInt16LE(20)];
    return { width, height, bitsPerPixel: bytes.readUInt16LE(24), compression: 0, offset };
  }
  return {
    width: bytes.readInt32LE(18),
    height: Math.abs(bytes.readInt32LE(22)),
    bitsPerPixel: bytes.readUInt16LE(28),
    compression: bytes.readUInt32LE(30),
    offset,
  };
}

/**
 * Decodes a BMP file; an alpha channel is ignored, as viewers do.
 * @throws UnusableImage for one that is compressed (run lengths, embedded JPEG), Error for one that is damaged
 */
export function decodeBmp(
  bytes: Buffer,
  { width, height, bitsPerPixel, compression, offset }: BmpHeader,
): RgbImage {
  if (compression !== 0 && compression !== 3) {
    throw new UnusableImage('it is a compressed BMP, which is not supported: save it again as PNG');
  }
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const end = offset + rowBytes * height;
  if (bytes.length < end) throw new Error('the pixels end early');
  // The library takes an ArrayBuffer that ends with the pixels, except that it wants one more byte at 16 bits.
  const exact = new Uint8Array(end + (bitsPerPixel === 16 ? 4 : 0));
  exact.set(bytes.subarray(0, end));
  const { pixels } = decode(exact.buffer);
  return { data: withoutAlpha(pixels, width * height, bitsPerPixel === 16), height, width, channels: 3 };
}

/** 5-bit colours come as multiples of 8: their upper bits are repeated below, so that white is 255. */
function withoutAlpha(rgba: Uint8ClampedArray, count: number, isFiveBit: boolean): Uint8Array {
  const rgb = new Uint8Array(count * 3);
  for (let i = 0, from = 0, to = 0; i < count; i += 1, from += 4, to += 3) {
    for (let c = 0; c < 3; c += 1) {
      const value = rgba[from + c];
      rgb[to + c] = isFiveBit ? value | (value >> 5) : value;
    }
  }
  return rgb;
}
