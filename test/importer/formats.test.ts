import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, type DecodedImage } from '../../main/importer/decodeImage.ts';
import { imageFormat } from '../../main/importer/imageFormat.ts';
import { quickHeader, readImageHeader } from '../../main/importer/imageHeader.ts';
import { bmpImage } from '../helpers/bmpImage.ts';
import { quarters } from '../helpers/sampleImage.ts';

const slotSize = 32;

async function decoded(bytes: Buffer): Promise<DecodedImage> {
  const result = await decodeImage(bytes, slotSize);
  if ('reason' in result) throw new Error(result.reason);
  return result;
}

async function reasonFor(bytes: Buffer): Promise<string> {
  const result = await decodeImage(bytes, slotSize);
  return 'reason' in result ? result.reason : 'it was decoded';
}

function pixel({ pixels }: DecodedImage, x: number, y: number): number[] {
  return [0, 1, 2].map((plane) => pixels[plane * slotSize * slotSize + y * slotSize + x]);
}

function expectNear(found: readonly number[], expected: readonly number[], within: number): void {
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `${found.join()} for ${expected.join()}`).toBeLessThanOrEqual(
      within,
    );
  });
}

describe('every format that is read', () => {
  it.each([
    ['webp', () => quarters(16, 12).webp({ lossless: true })],
    ['gif', () => quarters(16, 12).gif()],
    ['tiff', () => quarters(16, 12).tiff({ compression: 'lzw' })],
    ['avif', () => quarters(16, 12).avif({ lossless: true })],
    ['png', () => quarters(16, 12).png({ progressive: true })],
  ])('reads %s', async (format, make) => {
    const bytes = await make().toBuffer();
    expect(imageFormat(bytes)).toBe(format);
    const image = await decoded(bytes);
    expect(image).toMatchObject({ width: 16, height: 12, slotWidth: 16, slotHeight: 12, note: null });
    expectNear(pixel(image, 1, 1), [255, 0, 0], 3);
    expectNear(pixel(image, 14, 1), [0, 255, 0], 3);
    expectNear(pixel(image, 1, 10), [0, 0, 255], 3);
  });

  it('takes the first frame of an animation', async () => {
    const frames = await Promise.all(
      ['#ff0000', '#0000ff'].map((background) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const both = sharp(frames, { join: { animated: true } });
    for (const bytes of [
      await both.clone().gif().toBuffer(),
      await both.clone().webp({ lossless: true }).toBuffer(),
    ]) {
      const image = await decoded(bytes);
      expect(image).toMatchObject({ width: 8, height: 8 });
      expectNear(pixel(image, 4, 4), [255, 0, 0], 2);
    }
  });

  it.each([
    ['1-bit', { bitsPerPixel: 1, palette: [0xff0000, 0x0000ff], value: (x: number) => (x < 6 ? 0 : 1) }],
    ['4-bit', { bitsPerPixel: 4, palette: [0xff0000, 0x0000ff], value: (x: number) => (x < 6 ? 0 : 1) }],
    [
      '8-bit, with a gap',
      { bitsPerPixel: 8, gap: 12, palette: [0xff0000, 0x0000ff], value: (x: number) => (x < 6 ? 0 : 1) },
    ],
    ['16-bit', { bitsPerPixel: 16, value: (x: number) => (x < 6 ? 0x7c00 : 0x001f) }],
    [
      '16-bit 5-6-5',
      { bitsPerPixel: 16, masks: [0xf800, 0x7e0, 0x1f], value: (x: number) => (x < 6 ? 0xf800 : 0x1f) },
    ],
    ['24-bit', { bitsPerPixel: 24, value: (x: number) => (x < 6 ? 0xff0000 : 0x0000ff) }],
    [
      '24-bit from the top',
      { bitsPerPixel: 24, topDown: true, value: (x: number) => (x < 6 ? 0xff0000 : 0x0000ff) },
    ],
    ['32-bit', { bitsPerPixel: 32, value: (x: number) => (x < 6 ? 0xff0000 : 0x0000ff) }],
  ])('reads a %s BMP', async (_, shape) => {
    for (const width of [12, 13]) {
      const image = await decoded(bmpImage({ width, height: 5, ...shape }));
      expect(image).toMatchObject({ width, height: 5 });
      expect([pixel(image, 0, 0), pixel(image, width - 1, 4)]).toEqual([
        [255, 0, 0],
        [0, 0, 255],
      ]);
    }
  });

  it('keeps the rows of a BMP in their order', async () => {
    const value = (_: number, y: number) => y * 50;
    const grey = Array.from({ length: 256 }, (_, i) => i * 0x010101);
    for (const topDown of [true, false]) {
      const image = await decoded(
        bmpImage({ width: 3, height: 4, bitsPerPixel: 8, palette: grey, value, topDown }),
      );
      expect([0, 1, 2, 3].map((y) => pixel(image, 1, y)[0])).toEqual([0, 50, 100, 150]);
    }
  });

  it('says what is wrong with a BMP that is cut off or compressed', async () => {
    const value = () => 0;
    const bmp = bmpImage({ width: 20, height: 20, bitsPerPixel: 24, value });
    expect(await reasonFor(bmp.subarray(0, 600))).toContain('cut off');
    expect(await reasonFor(bmp.subarray(0, 20))).toContain('cut off');
    const packed = bmpImage({ width: 4, height: 4, bitsPerPixel: 8, value, compression: 1 });
    expect(await reasonFor(packed)).toContain('save it again as PNG');
  });
});

describe('values of more than 8 bits', () => {
  /** Grey ramp from `low` to `high` over 16 × 1 pixels, TIFF of 16 bits. */
  function ramp(low: number, high: number): Sharp {
    const values = Uint16Array.from({ length: 16 }, (_, x) => low + ((high - low) * x) / 15);
    return sharp(values, { raw: { width: 16, height: 1, channels: 1 } }).toColourspace('grey16');
  }

  it.each([
    ['TIFF', (image: Sharp) => image.tiff({ compression: 'none' })],
    ['PNG', (image: Sharp) => image.png()],
  ])('stretches a grey %s to its own range, and says so', async (_, write) => {
    const bytes = await write(ramp(1000, 4000)).toBuffer();
    const image = await decoded(bytes);
    expect(pixel(image, 0, 0)).toEqual([0, 0, 0]);
    expect(pixel(image, 15, 0)).toEqual([255, 255, 255]);
    expectNear(pixel(image, 7, 0), [119, 119, 119], 1);
    expect(image.note).toContain('1000 is shown as black and 4000 as white');
  });

  it('leaves colour PNGs as a viewer shows them', async () => {
    const bytes = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#4080c0' } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const image = await decoded(bytes);
    expect([pixel(image, 1, 1), image.note]).toEqual([[64, 128, 192], null]);
  });
});

describe('headers', () => {
  it('read without a decoder are what the decoder reads', async () => {
    const images = [
      ['jpeg', quarters(31, 17).jpeg()],
      ['jpeg', quarters(31, 17).jpeg({ progressive: true }).withMetadata({ orientation: 6 })],
      ['jpeg', quarters(31, 17).greyscale().jpeg()],
      ['png', quarters(31, 17).png()],
      ['png', quarters(31, 17).png({ palette: true })],
    ] as const;
    for (const [format, image] of images) {
      const bytes = await image.toBuffer();
      const { width, height, orientation = 1 } = await sharp(bytes).metadata();
      expect(quickHeader(bytes, format)).toMatchObject({ width, height, orientation });
    }
  });

  it('cut off anywhere give the decoder its say, and never an exception', async () => {
    const jpeg = await quarters(31, 17).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const png = await quarters(31, 17).png().toBuffer();
    for (let length = 0; length < 400; length += 1) {
      quickHeader(jpeg.subarray(0, length), 'jpeg');
      quickHeader(png.subarray(0, length), 'png');
    }
    await expect(readImageHeader(jpeg.subarray(0, 30), 'jpeg')).rejects.toThrow();
  });
});

describe('what is not supported', () => {
  const ftyp = (brand: string) => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mif1`, 'latin1');
  it.each([
    ['HEIC', ftyp('heic'), 'HEIC photo'],
    ['HEIF sequence', ftyp('msf1'), 'HEIC photo'],
    ['CR3', ftyp('crx '), 'RAW photo'],
    ['MP4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), 'video'],
    ['QuickTime', Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1'), 'video'],
    ['AVI', Buffer.from('RIFF\0\0\0\0AVI LIST', 'latin1'), 'video'],
    ['Matroska', Buffer.from([0x1a, 0x45, 0xdf, 0xa3, 1, 2, 3, 4]), 'video'],
    ['CR2', Buffer.from('II*\0\x10\0\0\0CR\x02\0\0\0\0\0', 'latin1'), 'RAW photo'],
    ['RAF', Buffer.from('FUJIFILMCCD-RAW 0201'), 'RAW photo'],
    ['PDF', Buffer.from('%PDF-1.7\n'), 'PDF'],
    ['SVG', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), 'SVG'],
    ['Photoshop', Buffer.from('8BPS\0\x01'), 'Photoshop'],
    ['JPEG XL', Buffer.from([0xff, 0x0a, 1, 2]), 'JPEG XL'],
    ['web page', Buffer.from('<!DOCTYPE html><html>'), 'web page'],
  ])('%s is named, with what to do', async (_, bytes, words) => {
    const reason = await reasonFor(bytes);
    expect(reason).toContain(words);
    expect(reason).toMatch(/: \w+/);
  });

  it('a DNG is a RAW photo, though a preview in it could be decoded', async () => {
    const tiff = await quarters(8, 8).tiff({ compression: 'none' }).toBuffer();
    const at = tiff.readUInt32LE(4);
    const dng = Buffer.concat([tiff.subarray(0, at), Buffer.alloc(2 + 12 + 4)]);
    dng.writeUInt16LE(1, at);
    dng.writeUInt16LE(0xc612, at + 2);
    expect(await reasonFor(dng)).toContain('RAW photo');
  });
});
