import type { Random } from '../../nn/random.ts';
import type { ViewRecipe } from './recipe.ts';

const tries = 10;

/**
 * Draws a crop as torchvision's `RandomResizedCrop.get_params`: an area within `cropScale` and a log-uniform ratio
 * within `cropRatio`, up to ten times until it fits into the image; else the largest central crop within the ratios.
 * Writes top, left, height and width in whole pixels into `into` from `at` on.
 */
export function sampleCrop(
  { cropScale, cropRatio }: Pick<ViewRecipe, 'cropScale' | 'cropRatio'>,
  height: number,
  width: number,
  random: Random,
  into: Float32Array,
  at: number,
): void {
  const [lowest, highest] = [Math.log(cropRatio[0]), Math.log(cropRatio[1])];
  for (let attempt = 0; attempt < tries; attempt++) {
    const area = height * width * random.uniform(...cropScale);
    const ratio = Math.exp(random.uniform(lowest, highest));
    const cropWidth = Math.round(Math.sqrt(area * ratio));
    const cropHeight = Math.round(Math.sqrt(area / ratio));
    if (cropWidth < 1 || cropWidth > width || cropHeight < 1 || cropHeight > height) continue;
    const top = random.integer(height - cropHeight + 1);
    const left = random.integer(width - cropWidth + 1);
    write(into, at, top, left, cropHeight, cropWidth);
    return;
  }
  centralCrop(cropRatio, height, width, into, at);
}

function centralCrop(
  [lowest, highest]: readonly [number, number],
  height: number,
  width: number,
  into: Float32Array,
  at: number,
): void {
  const ratio = width / height;
  const cropHeight = ratio < lowest ? Math.round(width / lowest) : height;
  const cropWidth = ratio > highest ? Math.round(height * highest) : width;
  const top = Math.floor((height - cropHeight) / 2);
  const left = Math.floor((width - cropWidth) / 2);
  write(into, at, top, left, cropHeight, cropWidth);
}

function write(
  into: Float32Array,
  at: number,
  top: number,
  left: number,
  height: number,
  width: number,
): void {
  into[at] = top;
  into[at + 1] = left;
  into[at + 2] = height;
  into[at + 3] = width;
}
