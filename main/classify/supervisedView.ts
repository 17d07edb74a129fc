import type { ViewRecipe } from '../ssl/views/recipe.ts';

/**
 * What classifiers are trained on: a random resized crop and a flip, no colours (the weak augmentation that all
 * published fine-tuning recipes share).
 * @param smallestCrop least share of the image's area that a crop keeps
 */
export function supervisedView(size: number, smallestCrop: number): ViewRecipe {
  return {
    size,
    cropScale: [smallestCrop, 1],
    cropRatio: [3 / 4, 4 / 3],
    flipProbability: 0.5,
    verticalFlipProbability: 0,
    jitter: { brightness: 0, contrast: 0, saturation: 0, hue: 0, probability: 0 },
    grayscaleProbability: 0,
    blur: { probability: 0, sigma: [0.1, 2] },
    solarizeProbability: 0,
  };
}
