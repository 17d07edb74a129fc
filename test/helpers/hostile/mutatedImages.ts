import { quarters } from '../sampleImage.ts';
import { bmpImage } from '../bmpImage.ts';

/** An image file that was spoilt at random, and how. */
export interface MutatedImage {
  readonly name: string;
  readonly bytes: Buffer;
}

type Random = () => number;

/** Numbers in [0, 1) that the seed alone decides (mulberry32). */
function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each takes a copy it may change. */
const mutations: readonly ((bytes: Buffer, next: Random) => Buffer)[] = [
  (bytes, next) => bytes.subarray(0, Math.floor(next() * bytes.length)),
  (bytes, next) => {
    for (let i = 1 + Math.floor(next() * 20); i > 0; i -= 1)
      bytes[at(bytes, next)] ^= 1 << Math.floor(next() * 8);
    return bytes;
  },
  (bytes, next) => {
    // Near the start, where sizes and counts are.
    for (let i = 1 + Math.floor(next() * 8); i > 0; i -= 1)
      bytes[Math.floor(next() * Math.min(200, bytes.length))] = edge(next);
    return bytes;
  },
  (bytes, next) => {
    const from = at(bytes, next);
    bytes.subarray(from, from + Math.floor(next() * 200)).fill(edge(next));
    return bytes;
  },
  (bytes, next) => {
    const [from, to] = [at(bytes, next), at(bytes, next)];
    bytes.copyWithin(to, from, from + Math.floor(next() * 100));
    return bytes;
  },
  (bytes, next) => {
    const cut = at(bytes, next);
    return Buffer.concat([bytes.subarray(0, cut), bytes.subarray(cut + Math.floor(next() * 50))]);
  },
  (bytes, next) => {
    const cut = at(bytes, next);
    const noise = Buffer.from(Array.from({ length: 1 + Math.floor(next() * 60) }, () => edge(next)));
    return Buffer.concat([bytes.subarray(0, cut), noise, bytes.subarray(cut)]);
  },
  (bytes, next) => {
    if (bytes.length > 8)
      bytes.writeUInt32BE(Math.floor(next() * 2 ** 32), Math.floor(next() * (bytes.length - 4)));
    return bytes;
  },
];

function at(bytes: Buffer, next: Random): number {
  return Math.floor(next() * bytes.length);
}

function edge(next: Random): number {
  const edges = [0x00, 0xff, 0x7f, 0x80, 0x01, 0xfe, Math.floor(next() * 256)];
  return edges[Math.floor(next() * edges.length)];
}

/** `count` images of every format, each mutated once to three times; the same for the same seed. */
export async function* mutatedImages(count: number, seed: number): AsyncGenerator<MutatedImage> {
  const originals = await originalImages();
  const next = random(seed);
  for (let i = 0; i < count; i += 1) {
    const [extension, original] = originals[i % originals.length];
    let bytes: Buffer = Buffer.from(original);
    for (let times = 1 + Math.floor(next() * 3); times > 0; times -= 1) {
      bytes = mutations[Math.floor(next() * mutations.length)](Buffer.from(bytes), next);
    }
    yield { name: `${String(i).padStart(5, '0')}.${extension}`, bytes };
  }
}

async function originalImages(): Promise<readonly (readonly [string, Buffer])[]> {
  const photo = quarters(61, 43).modulate({ saturation: 0.8 });
  return [
    ['jpg', await photo.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer()],
    ['jpg', await photo.clone().jpeg({ progressive: true }).toBuffer()],
    ['png', await photo.clone().png().toBuffer()],
    ['png', await photo.clone().png({ progressive: true, palette: true }).toBuffer()],
    ['png', await photo.clone().toColourspace('rgb16').png().toBuffer()],
    ['webp', await photo.clone().webp().toBuffer()],
    ['webp', await photo.clone().webp({ lossless: true }).toBuffer()],
    ['gif', await photo.clone().gif().toBuffer()],
    ['tif', await photo.clone().tiff({ compression: 'lzw' }).toBuffer()],
    [
      'tif',
      await photo.clone().tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 }).toBuffer(),
    ],
    ['tif', await photo.clone().toColourspace('grey16').tiff({ compression: 'deflate' }).toBuffer()],
    ['avif', await photo.clone().avif({ effort: 1 }).toBuffer()],
    ['bmp', bmpImage({ width: 31, height: 17, bitsPerPixel: 24, value: (x, y) => x * 8 + y })],
    ['bmp', bmpImage({ width: 31, height: 17, bitsPerPixel: 4, palette: [1, 2, 3], value: (x) => x % 3 })],
    ['bmp', bmpImage({ width: 31, height: 17, bitsPerPixel: 16, value: (x, y) => x * y })],
  ];
}
