import { crc32 } from 'node:zlib';
import sharp, { type Colour, type SharpOptions } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, readLongSide, type DecodedImage } from '../../main/importer/decodeImage.ts';
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

/** The colour at (x, y) of a slot. */
function pixel({ pixels }: DecodedImage, x: number, y: number): number[] {
  return [0, 1, 2].map((plane) => pixels[plane * slotSize * slotSize + y * slotSize + x]);
}

function expectColour(image: DecodedImage, x: number, y: number, colour: number[], within = 4): void {
  pixel(image, x, y).forEach((value, i) => {
    expect(Math.abs(value - colour[i]), `(${x}, ${y}): ${pixel(image, x, y).join()}`).toBeLessThanOrEqual(
      within,
    );
  });
}

describe('decoding', () => {
  it('puts planes of red, green and blue top left and leaves the rest zero', async () => {
    const image = await decoded(await quarters(20, 10).png().toBuffer());
    expect(image).toMatchObject({ width: 20, height: 10, slotWidth: 20, slotHeight: 10 });
    expect(image.pixels).toHaveLength(3 * 32 * 32);
    expectColour(image, 0, 0, [255, 0, 0], 0);
    expectColour(image, 19, 0, [0, 255, 0], 0);
    expectColour(image, 0, 9, [0, 0, 255], 0);
    expectColour(image, 19, 9, [255, 255, 255], 0);
    const inside = image.pixels.filter((_, i) => i % 32 < 20 && Math.floor(i / 32) % 32 < 10);
    const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0);
    expect(sum(image.pixels)).toBe(sum(inside));
  });

  it('shrinks the long side to M, keeps the aspect, and never enlarges', async () => {
    const wide = await decoded(await quarters(200, 100).jpeg({ quality: 95 }).toBuffer());
    expect(wide).toMatchObject({ width: 200, height: 100, slotWidth: 32, slotHeight: 16 });
    expectColour(wide, 4, 3, [255, 0, 0], 8);
    const line = await decoded(await quarters(400, 2).png().toBuffer());
    expect(line).toMatchObject({ slotWidth: 32, slotHeight: 1 });
    const tiny = await decoded(await quarters(1, 1).png().toBuffer());
    expect(tiny).toMatchObject({ slotWidth: 1, slotHeight: 1 });
  });

  it('filters when it shrinks: a fine chequerboard becomes grey', async () => {
    const board = Buffer.alloc(256 * 256 * 3, 0).map(
      (_, i) => ((Math.floor(i / 3) + Math.floor(i / 768)) % 2) * 255,
    );
    const png = sharp(Buffer.from(board), { raw: { width: 256, height: 256, channels: 3 } }).png();
    expectColour(await decoded(await png.toBuffer()), 16, 16, [128, 128, 128], 3);
  });

  it.each([
    [1, 'red top left', [4, 3]],
    [2, 'mirrored', [27, 3]],
    [3, 'turned by 180 degrees', [27, 12]],
    [4, 'flipped', [4, 12]],
    [5, 'transposed', [3, 4]],
    [6, 'turned right', [12, 4]],
    [7, 'transverse', [12, 27]],
    [8, 'turned left', [3, 27]],
  ])('applies EXIF orientation %i (%s)', async (orientation, _, [x, y]) => {
    const jpeg = await quarters(200, 100).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer();
    const image = await decoded(jpeg);
    const turned = orientation >= 5;
    expect(image).toMatchObject(turned ? { width: 100, height: 200 } : { width: 200, height: 100 });
    expect([image.slotWidth, image.slotHeight]).toEqual(turned ? [16, 32] : [32, 16]);
    expectColour(image, x, y, [255, 0, 0], 8);
  });

  it.each([
    [
      'grey PNG',
      () => sharp(Buffer.alloc(16, 77), { raw: { width: 4, height: 4, channels: 1 } }).png(),
      [77, 77, 77],
      0,
    ],
    [
      'grey JPEG',
      () =>
        sharp(Buffer.alloc(16, 77), { raw: { width: 4, height: 4, channels: 1 } })
          .toColourspace('b-w')
          .jpeg(),
      [77, 77, 77],
      1,
    ],
    ['palette PNG', () => sharp(solid('#4080c0')).png({ palette: true }), [64, 128, 192], 0],
    ['16-bit grey PNG', () => sharp(solid('#4d4d4d')).toColourspace('grey16').png(), [77, 77, 77], 1],
    ['16-bit PNG', () => sharp(solid('#4080c0')).toColourspace('rgb16').png(), [64, 128, 192], 1],
    [
      'half transparent PNG',
      () => sharp(solid({ r: 64, g: 128, b: 192, alpha: 0.5 })).png(),
      [159, 191, 223],
      1,
    ],
    [
      'CMYK JPEG',
      () => sharp(solid('#4080c0')).toColourspace('cmyk').jpeg({ quality: 95 }),
      [64, 128, 192],
      14,
    ],
    [
      'progressive JPEG',
      () => sharp(solid('#4080c0')).jpeg({ progressive: true, quality: 95 }),
      [64, 128, 192],
      3,
    ],
  ])('reads a %s as 8-bit RGB', async (_, make, colour, within) => {
    expectColour(await decoded(await make().toBuffer()), 1, 1, colour, within);
  });

  it('converts a wide-gamut image to sRGB by its profile', async () => {
    const wide = await sharp(solid('#4080c0')).withIccProfile('p3').png().toBuffer();
    expect((await sharp(wide).metadata()).hasProfile).toBe(true);
    expectColour(await decoded(wide), 1, 1, [64, 128, 192], 2);
  });

  it('says in words why a file cannot be used', async () => {
    const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251));
    const photo = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
    const jpeg = await photo.jpeg().toBuffer();
    const png = await photo.png().toBuffer();
    expect(await reasonFor(Buffer.alloc(0))).toBe('the file is empty');
    expect(await reasonFor(Buffer.from('words'))).toContain('not an image of a kind that is read');
    expect(await reasonFor(jpeg.subarray(0, jpeg.length / 2))).toContain('damaged or cut off');
    expect(await reasonFor(jpeg.subarray(0, 20))).toContain('damaged or cut off');
    expect(await reasonFor(png.subarray(0, png.length / 2))).toContain('damaged or cut off');
    const spoilt = Buffer.from(png);
    spoilt.fill(0, 60, 200);
    expect(await reasonFor(spoilt)).toContain('damaged or cut off');
  });

  it('refuses an image that would fill the memory, before it decodes it', async () => {
    const png = await quarters(4, 4).png().toBuffer();
    // The header (bytes 12 to 28, then its checksum) now says 60,000 pixels a side.
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await reasonFor(png)).toBe('it has more pixels than can be decoded safely');
  });

  it('reads the long side from the header alone', async () => {
    expect(await readLongSide(await quarters(30, 50).jpeg().toBuffer())).toBe(50);
    expect(await readLongSide(Buffer.from('no image'))).toBeNull();
  });
});

function solid(background: Colour): SharpOptions {
  const channels = typeof background === 'object' && 'alpha' in background ? 4 : 3;
  return { create: { width: 4, height: 4, channels, background } };
}
