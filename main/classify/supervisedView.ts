import { cropAndFlip } from '../ssl/views/recipes.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

/**
 * What classifiers are trained on: a random resized crop and a flip, no colours (the weak augmentation that all
 * published fine-tuning recipes share).
 * @param smallestCrop least share of the image's area that a crop keeps
 */
export function supervisedView(size: number, smallestCrop: number): ViewRecipe {
  return { ...cropAndFlip(size), cropScale: [smallestCrop, 1] };
}
