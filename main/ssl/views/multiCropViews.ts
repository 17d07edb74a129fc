import { cropAndFlip, mocoV2Views, withColors } from './recipes.ts';
import type { Scale } from '../method.ts';
import type { ColorJitter, ViewRecipe } from './recipe.ts';

const strong: ColorJitter = { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2 };

/**
 * SwAV's multi-crop (Caron et al. 2020, section 3.3): two crops of most of the image, then `smallCrops` of a small part
 * at a small size. Large recipe: the authors' (224 px and 96 px, here in the same proportion). Small recipe: the
 * whole views that MoCo v2 has on CIFAR-10, and solo-learn's small crops (18 px of 32) where they are asked for.
 */
export function multiCropViews(scale: Scale, size: number, smallCrops: number): readonly ViewRecipe[] {
  const [main, detail] =
    scale === 'large' ? [largeCrops(size), largeDetail(size)] : [mocoV2Views(scale, size), smallDetail(size)];
  return [...main, ...Array.from({ length: smallCrops }, () => detail)];
}

const blur = { probability: 0.5, sigma: [0.1, 2] } as const;

function largeCrops(size: number): readonly ViewRecipe[] {
  const crop: ViewRecipe = { ...withColors(cropAndFlip(size), strong), cropScale: [0.14, 1], blur };
  return [crop, crop];
}

function largeDetail(size: number): ViewRecipe {
  return { ...withColors(cropAndFlip(evenSize((size * 96) / 224)), strong), cropScale: [0.05, 0.14], blur };
}

function smallDetail(size: number): ViewRecipe {
  return {
    ...withColors(cropAndFlip(evenSize((size * 18) / 32)), strong),
    cropScale: [0.08, 0.5],
    blur: { probability: 0.1, sigma: [0.1, 2] },
    solarizeProbability: 0.1,
  };
}

/** An even number of pixels, at least 8. */
function evenSize(pixels: number): number {
  return Math.max(8, 2 * Math.round(pixels / 2));
}
