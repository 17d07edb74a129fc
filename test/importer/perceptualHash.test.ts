import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../main/importer/decodeImage.ts';
import { isKnownHash, knownHashes } from '../../main/importer/knownHashes.ts';
import { perceptualHash } from '../../main/importer/perceptualHash.ts';
import { portions } from '../../main/importer/portions.ts';

const slotSize = 64;

/** A picture of smooth blobs that the seed decides. */
function picture(seed: number): Sharp {
  const [width, height] = [160, 120];
  const data = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3];
      return (
        128 + 60 * Math.sin(x / (9 + seed) + c + seed * seed) + 60 * Math.cos(y / (7 + 2 * seed) - c * seed)
      );
    }),
  );
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function hashOf(image: Sharp): Promise<string> {
  const decoded = await decodeImage(await image.toBuffer(), slotSize);
  if ('reason' in decoded) throw new Error(decoded.reason);
  return perceptualHash(decoded.pixels, slotSize, decoded.slotHeight, decoded.slotWidth);
}

function distance(a: string, b: string): number {
  let [bits, count] = [BigInt(`0x${a}`) ^ BigInt(`0x${b}`), 0];
  for (; bits > 0n; bits >>= 1n) count += Number(bits & 1n);
  return count;
}

describe('the perceptual hash', () => {
  it('is a difference hash: a bit where a cell is brighter than its right neighbour', () => {
    const pixels = new Uint8Array(3 * 9 * 9);
    for (let y = 0; y < 8; y += 1)
      for (let x = 0; x < 9; x += 1) pixels[y * 9 + x] = y === 0 ? 90 - x * 10 : x;
    expect(perceptualHash(pixels, 9, 8, 9)).toBe('ff00000000000000');
    expect(perceptualHash(new Uint8Array(12), 2, 1, 1)).toBe('0000000000000000');
  });

  it('hardly changes when an image is shrunk, recompressed or brightened, and does for another one', async () => {
    const original = await hashOf(picture(1).png());
    const copies = [
      picture(1).jpeg({ quality: 40 }),
      picture(1).resize(80, 60).webp(),
      picture(1).modulate({ brightness: 1.1 }).jpeg(),
    ];
    for (const copy of copies) expect(distance(original, await hashOf(copy))).toBeLessThanOrEqual(6);
    expect(distance(original, await hashOf(picture(2).png()))).toBeGreaterThan(12);
  });
});

describe('known hashes', () => {
  it('are found among others, and others are not', () => {
    const hashes = Array.from(
      { length: 100 },
      (_, i) => `${(i * 37 + 1).toString(16).padStart(16, '0')}${'0'.repeat(48)}`,
    );
    const table = knownHashes(BigUint64Array.from(hashes, (hash) => BigInt(`0x${hash.slice(0, 16)}`)));
    expect(hashes.every((hash) => isKnownHash(table, hash))).toBe(true);
    expect(isKnownHash(table, 'f'.repeat(64))).toBe(false);
    expect(isKnownHash(table, '0'.repeat(64))).toBe(false);
    expect(isKnownHash(knownHashes(), '0'.repeat(64))).toBe(false);
  });
});

describe('portions', () => {
  it('have at most 32 files and 1 MiB, large files come alone, and none is lost', () => {
    const files = [...Array.from({ length: 40 }, () => 10), 2_000_000, 600_000, 600_000, 5].map(
      (byteSize) => ({ byteSize }),
    );
    const cut = [...portions(files)];
    expect(cut.map((portion) => portion.length)).toEqual([32, 8, 1, 1, 2]);
    expect(cut.flat()).toEqual(files);
  });
});
