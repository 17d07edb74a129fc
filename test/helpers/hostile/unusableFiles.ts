import { truncateSync, writeFileSync } from 'node:fs';
import { bmpImage } from '../bmpImage.ts';
import { quarters } from '../sampleImage.ts';
import { fileOf, type HostileFile } from './hostileFile.ts';
import { blackPng } from './pngBytes.ts';

const damaged = /damaged or cut off/;
const noImage = /not an image of a kind that is read/;
const tooLarge = /more pixels than can be decoded safely/;

/** Not usable: each must be told why. */
export async function unusableFiles(): Promise<readonly HostileFile[]> {
  return [...(await cutOff()), ...(await spoilt()), ...notImages(), ...otherKinds(), ...(await rawPhotos())];
}

async function cutOff(): Promise<readonly HostileFile[]> {
  const photo = quarters(640, 480).modulate({ brightness: 0.9 });
  const whole: readonly (readonly [string, Buffer])[] = [
    ['jpg', await photo.clone().jpeg({ quality: 95 }).toBuffer()],
    ['png', await photo.clone().png({ compressionLevel: 1 }).toBuffer()],
    ['webp', await photo.clone().webp({ quality: 95 }).toBuffer()],
    ['gif', await photo.clone().gif().toBuffer()],
    ['tif', await photo.clone().tiff({ compression: 'none' }).toBuffer()],
    ['avif', await photo.clone().avif().toBuffer()],
    ['bmp', bmpImage({ width: 40, height: 40, bitsPerPixel: 24, value: (x) => x })],
  ];
  return whole.flatMap(([extension, bytes]) => [
    fileOf(
      `${extension}, only its first half`,
      `cut/half.${extension}`,
      bytes.subarray(0, bytes.length >> 1),
      damaged,
    ),
    fileOf(
      `${extension}, only its first 32 bytes`,
      `cut/start.${extension}`,
      bytes.subarray(0, 32),
      /damaged or cut off|not an image/,
    ),
  ]);
}

async function spoilt(): Promise<readonly HostileFile[]> {
  const jpeg = await quarters(64, 48).jpeg().toBuffer();
  const png = await quarters(64, 48).png().toBuffer();
  const webp = await quarters(64, 48).webp().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  return [
    fileOf('PNG with spoilt pixels', 'bad/a.png', spoil(png, 60, 120), damaged),
    fileOf('PNG whose width is 0', 'bad/b.png', blackPng(0, 5), damaged),
    fileOf('PNG with fewer rows than it says', 'bad/c.png', blackPng(64, 640, { rows: 6 }), damaged),
    fileOf('PNG that says 60,000 × 60,000', 'bad/d.png', blackPng(60_000, 60_000, { rows: 1 }), tooLarge),
    fileOf('PNG that says 2,147,483,647 × 1', 'bad/e.png', blackPng(2 ** 31 - 1, 1, { rows: 0 }), /./),
    fileOf(
      'JPEG that says 65,500 × 65,500',
      'bad/f.jpg',
      patch(jpeg, frame + 5, [0xff, 0xdc, 0xff, 0xdc]),
      tooLarge,
    ),
    fileOf('JPEG whose height is 0', 'bad/g.jpg', patch(jpeg, frame + 5, [0, 0]), damaged),
    fileOf('JPEG with 200 components', 'bad/h.jpg', patch(jpeg, frame + 9, [200]), damaged),
    fileOf(
      'JPEG with a segment that is longer than the file',
      'bad/i.jpg',
      patch(jpeg, 4, [0xff, 0xff]),
      damaged,
    ),
    fileOf(
      'JPEG whose Huffman tables are nonsense',
      'bad/j.jpg',
      spoil(jpeg, jpeg.indexOf(Buffer.from([0xff, 0xc4])) + 5, 40),
      damaged,
    ),
    fileOf('lossless JPEG, which no photo is', 'bad/k.jpg', patch(jpeg, frame + 1, [0xc3]), damaged),
    fileOf('WebP whose container lies about its size', 'bad/l.webp', patch(webp, 4, [1, 0, 0, 0]), damaged),
    fileOf('WebP with spoilt pixels', 'bad/m.webp', spoil(webp, 20, 20), damaged),
    fileOf('GIF of 65,535 × 65,535', 'bad/n.gif', gif(65_535), tooLarge),
    fileOf('TIFF whose directory is its own next one', 'bad/o.tif', tiff([[0x100, 4, 8]], 8), damaged),
    fileOf(
      'TIFF whose directory lies beyond its end',
      'bad/p.tif',
      Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'),
      damaged,
    ),
    fileOf(
      'TIFF of 1,000,000 × 1,000,000',
      'bad/q.tif',
      tiff([
        [0x100, 4, 10 ** 6],
        [0x101, 4, 10 ** 6],
        [0x102, 3, 8],
        [0x106, 3, 1],
        [0x111, 4, 8],
        [0x117, 4, 8],
      ]),
      /./,
    ),
    fileOf('BMP of 2,000,000,000 pixels', 'bad/r.bmp', patch(bmp(), 18, [0, 0x94, 0x35, 0x77]), /./),
    fileOf('BMP whose width is negative', 'bad/s.bmp', patch(bmp(), 18, [0xff, 0xff, 0xff, 0xff]), damaged),
    fileOf('BMP with 7 bits a pixel', 'bad/t.bmp', patch(bmp(), 28, [7, 0]), damaged),
    fileOf(
      'BMP that is run-length coded',
      'bad/u.bmp',
      patch(bmp(), 30, [1, 0, 0, 0]),
      /save it again as PNG/,
    ),
    fileOf(
      'BMP whose pixels lie beyond its end',
      'bad/v.bmp',
      patch(bmp(), 10, [0xff, 0xff, 0xff, 0x7f]),
      damaged,
    ),
  ];
}

function notImages(): readonly HostileFile[] {
  return [
    fileOf('empty file', 'no/a.jpg', '', /the file is empty/),
    fileOf('one byte', 'no/b.jpg', 'x', noImage),
    fileOf('JPEG signature and nothing else', 'no/c.jpg', Buffer.from([0xff, 0xd8, 0xff]), damaged),
    fileOf('PNG signature and nothing else', 'no/d.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), damaged),
    fileOf('text named as JPEG', 'no/e.jpg', 'These are words.', noImage),
    fileOf('zeros', 'no/f.png', Buffer.alloc(10_000), noImage),
    fileOf(
      'noise',
      'no/g.webp',
      Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + (i >> 3)) % 251)),
      noImage,
    ),
    fileOf('web page saved as JPEG', 'no/h.jpg', '<!DOCTYPE html><html>404</html>', /web page/),
    fileOf('archive named as PNG', 'no/i.png', Buffer.from('PK\x03\x04 and so on'), /archive/),
    {
      kind: 'file of 600 MB, all holes',
      name: 'no/j.png',
      write: (path) => {
        writeFileSync(path, '');
        truncateSync(path, 600 * 2 ** 20);
      },
      expected: /larger than 512 MB/,
    },
  ];
}

function otherKinds(): readonly HostileFile[] {
  const ftyp = (brand: string): Buffer => Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mif1`, 'latin1');
  const laughs =
    '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><svg>&b;</svg>';
  return [
    fileOf('HEIC photo', 'other/a.heic', ftyp('heic'), /HEIC photo.*export/),
    fileOf('HEIC photo named as JPEG', 'other/b.jpg', ftyp('heix'), /HEIC photo/),
    fileOf('video', 'other/c.mp4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'), /video/),
    fileOf('video named as JPEG', 'other/d.jpg', Buffer.from('RIFF\0\0\0\0AVI LIST', 'latin1'), /video/),
    fileOf('PDF', 'other/e.pdf', '%PDF-1.7', /PDF/),
    fileOf('SVG', 'other/f.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', /SVG/),
    fileOf('SVG with entities within entities, named as PNG', 'other/g.png', laughs, /SVG/),
    fileOf('Photoshop file', 'other/h.psd', '8BPS\0\x01', /Photoshop/),
    fileOf('DICOM image', 'other/i.dcm', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]), /DICOM/),
    fileOf('JPEG XL', 'other/j.jxl', Buffer.from([0xff, 0x0a, 0x00]), /JPEG XL/),
    fileOf('JPEG 2000', 'other/k.jp2', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), /JPEG 2000/),
    fileOf('notes beside the images', 'other/l.txt', 'words', null),
  ];
}

async function rawPhotos(): Promise<readonly HostileFile[]> {
  const preview: readonly Field[] = [
    [0x10f, 2, 0],
    [0x14a, 4, 8],
  ];
  return [
    fileOf(
      'Canon RAW (CR2)',
      'raw/a.cr2',
      Buffer.from('II*\0\x10\0\0\0CR\x02\0\0\0\0\0', 'latin1'),
      /RAW photo/,
    ),
    fileOf(
      'Canon RAW (CR3)',
      'raw/b.cr3',
      Buffer.from('\0\0\0\x18ftypcrx \0\0\0\0crx isom', 'latin1'),
      /RAW photo/,
    ),
    fileOf('Adobe DNG', 'raw/c.dng', tiff([[0xc612, 1, 0]]), /RAW photo/),
    fileOf('Nikon RAW (NEF), a preview within', 'raw/d.nef', tiff(preview), /RAW photo/),
    fileOf('Fujifilm RAW named as JPEG', 'raw/e.jpg', 'FUJIFILMCCD-RAW 0201', /RAW photo/),
  ];
}

/** Tag, type, value. */
type Field = readonly [number, number, number];

/** A little-endian TIFF with one directory. */
function tiff(fields: readonly Field[], next = 0): Buffer {
  const file = Buffer.alloc(8 + 2 + 12 * fields.length + 4);
  file.write('II*\0');
  file.writeUInt32LE(8, 4);
  file.writeUInt16LE(fields.length, 8);
  fields.forEach(([tag, type, value], i) => {
    file.writeUInt16LE(tag, 10 + 12 * i);
    file.writeUInt16LE(type, 12 + 12 * i);
    file.writeUInt32LE(1, 14 + 12 * i);
    file.writeUInt32LE(value, 18 + 12 * i);
  });
  file.writeUInt32LE(next, file.length - 4);
  return file;
}

function gif(side: number): Buffer {
  const file = Buffer.from('GIF89a\0\0\0\0\0\0\0,\0\0\0\0\0\0\0\0\0\x02\x02D\x01\0;', 'latin1');
  for (const at of [6, 8, 18, 20]) file.writeUInt16LE(side, at);
  return file;
}

function bmp(): Buffer {
  return bmpImage({ width: 8, height: 8, bitsPerPixel: 24, value: (x) => x });
}

function patch(bytes: Buffer, at: number, values: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(values, at);
  return copy;
}

function spoil(bytes: Buffer, from: number, length: number): Buffer {
  return patch(
    bytes,
    from,
    Array.from({ length }, (_, i) => (i * 37 + 11) & 0xff),
  );
}
