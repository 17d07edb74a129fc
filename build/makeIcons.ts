import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const drawing = fileURLToPath(new URL('./icon.svg', import.meta.url));
const sizes = [16, 32, 48, 64, 128, 256, 512, 1024];
/** The names that Apple's container has for its sizes. */
const appleTypes: Readonly<Record<number, string>> = {
  16: 'icp4',
  32: 'icp5',
  64: 'icp6',
  128: 'ic07',
  256: 'ic08',
  512: 'ic09',
  1024: 'ic10',
};
const largestForWindows = 256;

interface Picture {
  readonly size: number;
  readonly png: Buffer;
}

/** Draws the application's icon in all sizes: a PNG each, and the containers of Windows and macOS, which hold PNGs. */
export async function makeIcons(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const pictures = await Promise.all(
    sizes.map(async (size) => ({ size, png: await sharp(drawing).resize(size, size).png().toBuffer() })),
  );
  for (const { size, png } of pictures) writeFileSync(join(folder, `${size}x${size}.png`), png);
  writeFileSync(
    join(folder, 'icon.ico'),
    windowsIcon(pictures.filter(({ size }) => size <= largestForWindows)),
  );
  writeFileSync(join(folder, 'icon.icns'), appleIcon(pictures));
}

/** ICO: a header of 6 bytes, an entry of 16 for each picture, then the pictures. A side of 256 is written as 0. */
function windowsIcon(pictures: readonly Picture[]): Buffer {
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [i, { size, png }] of pictures.entries()) {
    const entry = 6 + 16 * i;
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(png.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += png.length;
  }
  return Buffer.concat([header, ...pictures.map(({ png }) => png)]);
}

/** ICNS: its name and length, then name, length and PNG of each picture; lengths count themselves. */
function appleIcon(pictures: readonly Picture[]): Buffer {
  const parts = pictures.flatMap(({ size, png }) => {
    const type = appleTypes[size];
    return type === undefined ? [] : [chunk(type, png)];
  });
  return chunk('icns', Buffer.concat(parts));
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([head, content]);
}
