/** A BMP file of `width` × `height` pixels; `value(x, y)` is a pixel: an index or the colour's bits, as stored. */
export function bmpImage({
  width,
  height,
  bitsPerPixel,
  value,
  palette = [],
  masks = [],
  compression = masks.length > 0 ? 3 : 0,
  topDown = false,
  gap = 0,
}: {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly value: (x: number, y: number) => number;
  /** 0xRRGGBB each. */
  readonly palette?: readonly number[];
  readonly masks?: readonly number[];
  readonly compression?: number;
  readonly topDown?: boolean;
  /** Unused bytes before the pixels. */
  readonly gap?: number;
}): Buffer {
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const offset = 54 + 4 * (palette.length + masks.length) + gap;
  const file = Buffer.alloc(offset + rowBytes * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(offset, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(topDown ? -height : height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bitsPerPixel, 28);
  file.writeUInt32LE(compression, 30);
  file.writeUInt32LE(palette.length, 46);
  [...masks, ...palette].forEach((word, i) => file.writeUInt32LE(word, 54 + 4 * i));
  for (let y = 0; y < height; y += 1) {
    const row = offset + rowBytes * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x += 1) writePixel(file, row, x, bitsPerPixel, value(x, y));
  }
  return file;
}

function writePixel(file: Buffer, row: number, x: number, bits: number, value: number): void {
  if (bits >= 8) {
    file.writeUIntLE(value, row + (x * bits) / 8, bits / 8);
    return;
  }
  const at = row + ((x * bits) >> 3);
  file[at] |= value << (8 - bits - ((x * bits) & 7));
}
