import sharp, { type TiffOptions } from 'sharp';
import { deflateSync } from 'node:zlib';
import { bmpImage } from '../bmpImage.ts';
import { quarters } from '../sampleImage.ts';
import { fileOf, type HostileFile } from './hostileFile.ts';
import { blackPng, pngChunk } from './pngBytes.ts';

/** Odd, and yet images: every one must be usable. */
export async function readableFiles(): Promise<readonly HostileFile[]> {
  const photo = quarters(64, 48);
  const jpeg = await photo.clone().jpeg().toBuffer();
  const png = await photo.clone().png().toBuffer();
  const webp = await photo.clone().webp().toBuffer();
  const clear = sharp({
    create: { width: 20, height: 20, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
  });
  const grey16 = sharp(
    Uint16Array.from({ length: 64 }, (_, i) => 900 + 40 * i),
    {
      raw: { width: 8, height: 8, channels: 1 },
    },
  ).toColourspace('grey16');
  const frames = [png, await photo.clone().negate().png().toBuffer()];
  const animated = sharp(frames, { join: { animated: true } });
  const tiff = (options: TiffOptions): Promise<Buffer> => photo.clone().tiff(options).toBuffer();
  const value = (x: number, y: number): number => x * 5 + y;
  const ready: readonly (readonly [string, string, Buffer])[] = [
    ['baseline JPEG', 'a.jpg', jpeg],
    ['progressive JPEG', 'b.jpeg', await photo.clone().jpeg({ progressive: true }).toBuffer()],
    ['grey JPEG', 'c.jpg', await photo.clone().toColourspace('b-w').jpeg().toBuffer()],
    ['CMYK JPEG', 'd.jpg', await photo.clone().toColourspace('cmyk').jpeg().toBuffer()],
    ['JPEG turned by EXIF', 'e.jpg', await photo.clone().jpeg().withMetadata({ orientation: 6 }).toBuffer()],
    ['JPEG whose EXIF orientation is 99', 'f.jpg', withExif(jpeg, exifOrientation(99))],
    ['JPEG whose EXIF is cut off', 'g.jpg', withExif(jpeg, exifOrientation(6).subarray(0, 14))],
    ['JPEG whose EXIF points at itself', 'h.jpg', withExif(jpeg, exifLoop())],
    [
      'JPEG with 60 KB of EXIF',
      'i.jpg',
      withExif(jpeg, Buffer.concat([exifOrientation(1), Buffer.alloc(60_000)])),
    ],
    [
      'JPEG with a profile that is none',
      'j.jpg',
      withSegment(jpeg, 0xe2, Buffer.from('ICC_PROFILE\0\x01\x01nonsense')),
    ],
    [
      'JPEG with fill bytes before its segments',
      'k.jpg',
      Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(50, 0xff), jpeg.subarray(2)]),
    ],
    ['JPEG followed by other data', 'l.jpg', Buffer.concat([jpeg, Buffer.alloc(5000, 7)])],
    ['JPEG followed by another JPEG (a motion photo)', 'm.jpg', Buffer.concat([jpeg, jpeg])],
    ['PNG named as JPEG', 'n.jpg', png],
    ['JPEG named as PNG', 'o.png', Buffer.concat([jpeg, Buffer.from('o')])],
    ['WebP named as JPEG', 'p.jpg', webp],
    ['JPEG named as HEIC', 'q.heic', Buffer.concat([jpeg, Buffer.from('q')])],
    ['upper case extension', 'R.JPG', Buffer.concat([jpeg, Buffer.from('r')])],
    ['interlaced PNG', 's.png', await photo.clone().png({ progressive: true }).toBuffer()],
    ['palette PNG', 't.png', await photo.clone().png({ palette: true }).toBuffer()],
    ['16-bit colour PNG', 'u.png', await photo.clone().toColourspace('rgb16').png().toBuffer()],
    ['16-bit grey PNG without a range', 'v.png', await grey16.clone().png().toBuffer()],
    ['PNG that is transparent everywhere', 'w.png', await clear.clone().png().toBuffer()],
    ['PNG with a text of 64 MB packed into 64 KB', 'x.png', blackPng(8, 8, { chunks: [textBomb()] })],
    ['PNG with unknown chunks', 'y.png', blackPng(9, 9, { chunks: [pngChunk('prVt', Buffer.alloc(9))] })],
    ['PNG of 100 megapixels in 12 KB', 'z.png', blackPng(10_000, 10_000)],
    ['one pixel', 'aa.png', blackPng(1, 1)],
    ['one pixel high, 16,000 wide', 'ab.png', blackPng(16_000, 1)],
    ['one pixel wide, 16,000 high', 'ac.png', blackPng(1, 16_000)],
    ['lossless WebP with transparency', 'ad.webp', await clear.clone().webp({ lossless: true }).toBuffer()],
    ['animated WebP', 'ae.webp', await animated.clone().webp().toBuffer()],
    ['animated GIF', 'af.gif', await animated.clone().gif().toBuffer()],
    ['transparent GIF', 'ag.gif', await clear.clone().gif().toBuffer()],
    ['TIFF, LZW', 'ah.tif', await tiff({ compression: 'lzw' })],
    ['TIFF, tiled', 'ai.tiff', await tiff({ tile: true, tileWidth: 16, tileHeight: 16 })],
    [
      'TIFF, one bit',
      'aj.tif',
      await photo.clone().toColourspace('b-w').tiff({ bitdepth: 1, compression: 'none' }).toBuffer(),
    ],
    ['BigTIFF', 'ak.tif', await tiff({ bigtiff: true })],
    [
      '16-bit grey TIFF without a range',
      'al.tif',
      await grey16.clone().tiff({ compression: 'none' }).toBuffer(),
    ],
    ['AVIF', 'am.avif', await photo.clone().avif().toBuffer()],
    ['BMP, 24 bits', 'ao.bmp', bmpImage({ width: 9, height: 7, bitsPerPixel: 24, value })],
    [
      'BMP, 16 bits from the top',
      'ap.bmp',
      bmpImage({ width: 9, height: 7, bitsPerPixel: 16, value, topDown: true }),
    ],
    [
      'BMP, 4 bits, named as PNG',
      'aq.png',
      bmpImage({ width: 9, height: 7, bitsPerPixel: 4, palette: [255, 65_535], value: (x) => x & 1 }),
    ],
    [
      'BMP whose palette index is out of range',
      'ar.bmp',
      bmpImage({ width: 9, height: 7, bitsPerPixel: 8, palette: [255], value }),
    ],
    ['image without an extension', 'IMG_0001', Buffer.concat([jpeg, Buffer.from('as')])],
  ];
  return ready.map(([kind, name, bytes]) => fileOf(kind, `readable/${name}`, bytes, 'ready'));
}

/** `jpeg` with one more segment after its start. */
function withSegment(jpeg: Buffer, marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, data, jpeg.subarray(2)]);
}

function withExif(jpeg: Buffer, tiff: Buffer): Buffer {
  return withSegment(jpeg, 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff]));
}

/** A TIFF structure that only says the orientation. */
function exifOrientation(orientation: number): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('MM\0*');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(1, 8);
  tiff.writeUInt16BE(0x0112, 10);
  tiff.writeUInt16BE(3, 12);
  tiff.writeUInt32BE(1, 14);
  tiff.writeUInt16BE(orientation, 18);
  return tiff;
}

/** A directory that says that the next one is itself. */
function exifLoop(): Buffer {
  const tiff = exifOrientation(1);
  tiff.writeUInt32BE(8, 22);
  return tiff;
}

function textBomb(): Buffer {
  return pngChunk(
    'zTXt',
    Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(64 * 2 ** 20))]),
  );
}
