import type { Scale } from '../ssl/method.ts';

/** Methods' recipes for small images are made for less than this many pixels a side. */
const largeScaleSize = 64;

export function scaleFor(imageSize: number): Scale {
  return imageSize < largeScaleSize ? 'small' : 'large';
}

/**
 * Side of the views for slots of M pixels. Small images are used whole. Of larger ones a view keeps a part that is
 * about half as wide as the image, so half of M wastes little: a multiple of 32, the encoder's stride.
 */
export function defaultImageSize(slotSize: number): number {
  if (slotSize <= 64) return slotSize;
  const half = 32 * Math.round(slotSize / 64);
  return Math.min(Math.max(96, half), 224, 16 * Math.floor(slotSize / 16));
}

/** At least this many steps an epoch, where there are enough images. */
const fewestStepsPerEpoch = 8;
const smallestUsefulBatch = 16;

/** A power of two: the published batch, less where there are few images. */
export function defaultBatch(imageCount: number, published: number): number {
  const wanted = Math.max(smallestUsefulBatch, imageCount / fewestStepsPerEpoch);
  return 2 ** Math.floor(Math.log2(Math.min(published, wanted, imageCount)));
}

/** Small sets need more passes: about a million images seen, in 20 … 200 epochs. */
export function defaultEpochs(imageCount: number): number {
  return Math.min(200, Math.max(20, Math.round(1e6 / imageCount)));
}

/**
 * The largest batch of `from`, or a power of two below it, that fits.
 * @param needs bytes that a step with a batch takes
 * @returns null when not even `smallest` fits
 */
export function fittingBatch(
  from: number,
  smallest: number,
  memoryBytes: number,
  needs: (batch: number) => number,
): number | null {
  let batch = from;
  while (batch >= smallest) {
    if (needs(batch) <= memoryBytes) return batch;
    const power = 2 ** Math.floor(Math.log2(batch));
    batch = power < batch ? power : power / 2;
  }
  return null;
}
