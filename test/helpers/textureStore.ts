import { openPixelStoreWriter } from '../../main/importer/pixelStoreWriter.ts';
import { randomStream } from '../../main/nn/random.ts';

export const textureClasses = ['rows', 'columns', 'plain'] as const;
const side = 16;

/**
 * Writes a pixel store of `count` grey images of 16 × 16: image i is of class i mod 3, stripes 2 px wide along one axis
 * or none, with a phase, a contrast and noise of its own. Mirroring changes no class.
 */
export function writeTextureStore(folder: string, count: number): void {
  const writer = openPixelStoreWriter(folder, { keep: 0, slotSize: side });
  for (let i = 0; i < count; i++) writer.append(textureImage(i), side, side);
  writer.close();
}

/** uint8 [3, 16, 16] of image i. */
export function textureImage(i: number): Uint8Array {
  const random = randomStream(1, 'texture', i);
  const [phase, contrast] = [random.integer(4), random.uniform(40, 90)];
  const pixels = new Uint8Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const place = [y, x][i % 3];
      const bright = place === undefined ? 0 : Math.floor((place + phase) / 2) % 2 === 0 ? 1 : -1;
      const shade = 128 + contrast * bright + random.uniform(-30, 30);
      for (let channel = 0; channel < 3; channel++) pixels[(channel * side + y) * side + x] = shade;
    }
  }
  return pixels;
}
