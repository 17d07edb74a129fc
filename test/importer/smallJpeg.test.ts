import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../main/importer/decodeImage.ts';
import { decodeSmallJpeg } from '../../main/importer/decodeSmallJpeg.ts';
import { quickHeader } from '../../main/importer/imageHeader.ts';
import { quarters } from '../helpers/sampleImage.ts';

/** What the small decoder makes of a JPEG, as RGB; null where it leaves it to the large one. */
function small(bytes: Buffer, side = 64): number[] | null {
  const header = quickHeader(bytes, 'jpeg');
  const image = header === null ? null : decodeSmallJpeg(bytes, header, side);
  return image === null ? null : [...image.data];
}

const noise = (): Sharp => {
  const data = Buffer.from(Array.from({ length: 37 * 29 * 3 }, (_, i) => (i * i * 31 + (i >> 4)) % 256));
  return sharp(data, { raw: { width: 37, height: 29, channels: 3 } });
};

describe('the decoder of small JPEGs', () => {
  it.each([
    ['4:2:0', () => noise().jpeg({ quality: 80 })],
    ['4:4:4', () => noise().jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['progressive', () => noise().jpeg({ progressive: true })],
    ['grey', () => noise().toColourspace('b-w').jpeg()],
  ])('gives the pixels that the large one gives: %s', async (_, make) => {
    const bytes = await make().toBuffer();
    const found = small(bytes);
    const expected = await sharp(bytes).toColourspace('srgb').raw().toBuffer();
    expect(found).toEqual([...expected]);
  });

  it('leaves to the large one what is not plain, too large or damaged', async () => {
    const plain = await quarters(40, 30).jpeg().toBuffer();
    expect(small(plain)).not.toBeNull();
    expect(small(plain, 32)).toBeNull();
    expect(small(await quarters(40, 30).jpeg().withMetadata({ orientation: 3 }).toBuffer())).toBeNull();
    expect(small(await quarters(40, 30).jpeg().withIccProfile('p3').toBuffer())).toBeNull();
    expect(small(await quarters(40, 30).toColourspace('cmyk').jpeg().toBuffer())).toBeNull();
    expect(small(plain.subarray(0, plain.length - 40))).toBeNull();
  });
});

describe('thumbnails', () => {
  const thumbnailOf = async (image: Sharp, slotSize: number) => {
    const bytes = await image.toBuffer();
    const decoded = await decodeImage(bytes, slotSize, { thumbnail: true });
    if ('reason' in decoded || decoded.thumbnail === null) throw new Error('no thumbnail');
    return { bytes, thumbnail: decoded.thumbnail };
  };

  it('are JPEGs of 256 pixels, whatever M is, upright and never enlarged', async () => {
    for (const slotSize of [256, 64]) {
      const turned = quarters(600, 300).jpeg({ quality: 100 }).withMetadata({ orientation: 6 });
      const { thumbnail } = await thumbnailOf(turned, slotSize);
      expect(thumbnail.type).toBe('image/jpeg');
      expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ width: 128, height: 256 });
    }
    const { thumbnail } = await thumbnailOf(quarters(100, 50).tiff(), 256);
    expect(await sharp(thumbnail.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 100, height: 50 });
  });

  it('are the file itself where that is small already', async () => {
    const { bytes, thumbnail } = await thumbnailOf(quarters(60, 40).webp(), 32);
    expect(thumbnail.type).toBe('image/webp');
    expect(Buffer.from(thumbnail.bytes)).toEqual(bytes);
  });

  it('are made only when asked for', async () => {
    expect(await decodeImage(await quarters(60, 40).png().toBuffer(), 32)).toMatchObject({ thumbnail: null });
  });
});
