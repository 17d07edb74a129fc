import sharp, { type Sharp } from 'sharp';

/** A picture of four coloured quarters: red and green above, blue and white below; sides in pixels. */
export function quarters(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const below = y * 2 >= height;
      const right = x * 2 >= width;
      const colour = below ? (right ? [255, 255, 255] : [0, 0, 255]) : right ? [0, 255, 0] : [255, 0, 0];
      data.set(colour, (y * width + x) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** A small PNG of one colour: different colours, different bytes. */
export function plainPng(red: number, green = 0, blue = 0, side = 8): Promise<Buffer> {
  return sharp({
    create: { width: side, height: side, channels: 3, background: { r: red, g: green, b: blue } },
  })
    .png()
    .toBuffer();
}
