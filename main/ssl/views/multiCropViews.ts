import { cropAndFlip, withColors } from './recipes.ts';
import type { Scale } from '../method.ts';
import type { ColorJitter, ViewRecipe } from './recipe.ts';

const strong: ColorJitter = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2 };
const medium: ColorJitter = { brightness: 0.6, contrast: 0.6, saturation: 0.6, hue: 0.2 };

/**
 * SwAV's multi-crop (Caron et al. 2020, section 3.3): two crops of most of the image, then `smallCrops` of a small part
 * at a small size. Large recipe: the authors' (224 px and 96 px, here in the same proportion). Small recipe:
 * solo-learn's for CIFAR (32 px and 18 px).
 */
export function multiCropViews(scale: Scale, size: number, smallCrops: number): readonly ViewRecipe[] {
  const [main, detail] = scale === 'large' ? largeRecipes(size) : smallRecipes(size);
  const second: ViewRecipe = scale === 'large' ? main : { ...main, solarizeProbability: 0.2 };
  return [main, second, ...Array.from({ length: smallCrops }, () => detail)];
}

function largeRecipes(size: number): readonly [ViewRecipe, ViewRecipe] {
  const blur = { probability: 0.5, sigma: [0.1, 2] } as const;
  return [
    { ...withColors(cropAndFlip(size), strong), cropScale: [0.14, 1], blur },
    { ...withColors(cropAndFlip(evenSize((size * 96) / 224)), strong), cropScale: [0.05, 0.14], blur },
  ];
}

function smallRecipes(size: number): readonly [ViewRecipe, ViewRecipe] {
  return [
    { ...withColors(cropAndFlip(size), medium), cropScale: [0.2, 1] },
    {
      ...withColors(cropAndFlip(evenSize((size * 18) / 32)), strong),
      cropScale: [0.08, 0.5],
      blur: { probability: 0.1, sigma: [0.1, 2] },
      solarizeProbability: 0.1,
    },
  ];
}

/** An even number of pixels, at least 8. */
function evenSize(pixels: number): number {
  return Math.max(8, 2 * Math.round(pixels / 2));
}
