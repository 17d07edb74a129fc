import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { drawSampleImage } from './sampleImageDrawing.ts';
import { samplePatterns, type SampleClass } from './sampleImagePatterns.ts';

/** Names of the classes, which are the names of their folders, in the order of the alphabet. */
export const sampleClasses = Object.keys(samplePatterns) as readonly SampleClass[];

export interface SampleImageOptions {
  /** Images of all classes together, spread evenly. */
  readonly count: number;
  readonly seed: number;
  /** The longer side in pixels. */
  readonly side: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

const filesInFlight = 8;

/**
 * Writes images of simple figures, in a folder a class: JPEG, and every fourth one PNG. Classes differ in form alone,
 * so that colour does not tell them apart. Same options, same images.
 * @returns the paths of the files below `folder`
 * @throws the signal's reason when aborted
 */
export async function writeSampleImages(
  folder: string,
  { count, seed, side, signal, onProgress }: SampleImageOptions,
): Promise<readonly string[]> {
  for (const name of sampleClasses) mkdirSync(join(folder, name), { recursive: true });
  const files = Array.from({ length: count }, (_, i) => sampleFile(i));
  for (let first = 0; first < count; first += filesInFlight) {
    signal?.throwIfAborted();
    const writes = files.slice(first, first + filesInFlight).map(({ className, index, path }) => {
      const { width, height, data } = drawSampleImage(className, index, { seed, side });
      const image = sharp(data, { raw: { width, height, channels: 3 } });
      return (path.endsWith('.png') ? image.png() : image.jpeg({ quality: 92 })).toFile(join(folder, path));
    });
    await Promise.all(writes);
    onProgress?.(Math.min(count, first + filesInFlight), count);
  }
  return files.map(({ path }) => path);
}

function sampleFile(number: number): { className: SampleClass; index: number; path: string } {
  const className = sampleClasses[number % sampleClasses.length];
  const index = Math.floor(number / sampleClasses.length);
  const ending = index % 4 === 3 ? 'png' : 'jpg';
  return {
    className,
    index,
    path: `${className}/${className}-${String(index + 1).padStart(4, '0')}.${ending}`,
  };
}
