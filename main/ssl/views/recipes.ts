import type { Scale } from '../method.ts';
import type { ColorJitter, ViewRecipe } from './recipe.ts';

/** torchvision's `RandomResizedCrop` defaults and a plain flip, which all recipes share. */
export function cropAndFlip(size: number): ViewRecipe {
  return {
    size,
    cropScale: [0.08, 1],
    cropRatio: [3 / 4, 4 / 3],
    flipProbability: 0.5,
    verticalFlipProbability: 0,
    jitter: { brightness: 0, contrast: 0, saturation: 0, hue: 0, probability: 0 },
    grayscaleProbability: 0,
    blur: { probability: 0, sigma: [0.1, 2] },
    solarizeProbability: 0,
  };
}

/** ColorJitter in 80 % of the views, greyscale in 20 %: the colour part of all recipes. */
export function withColors(recipe: ViewRecipe, jitter: ColorJitter): ViewRecipe {
  return { ...recipe, jitter: { ...jitter, probability: 0.8 }, grayscaleProbability: 0.2 };
}

function withBlur(recipe: ViewRecipe, probability: number): ViewRecipe {
  return { ...recipe, blur: { ...recipe.blur, probability } };
}

/** SimCLR, appendix A (large) and B.9 (small: strength ½, no blur): two views drawn alike. */
export function simclrViews(scale: Scale, size: number): readonly ViewRecipe[] {
  const large = withBlur(
    withColors(cropAndFlip(size), { brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2 }),
    0.5,
  );
  const small = withColors(cropAndFlip(size), { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 });
  return pair(scale === 'large' ? large : small);
}

/** MoCo v1: stronger hue, always jittered (large recipe); torchvision's crops in the authors' CIFAR-10 demo (small). */
export function mocoV1Views(scale: Scale, size: number): readonly ViewRecipe[] {
  const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.4 };
  if (scale === 'small') return pair(withColors(cropAndFlip(size), { ...jitter, hue: 0.1 }));
  const recipe = withColors(cropAndFlip(size), { ...jitter, hue: 0.4 });
  return pair({ ...recipe, cropScale: [0.2, 1], jitter: { ...recipe.jitter, probability: 1 } });
}

/** MoCo v2 and SimSiam: crops keep at least a fifth of the image; blur only in the large recipe. */
export function mocoV2Views(scale: Scale, size: number): readonly ViewRecipe[] {
  const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 };
  const recipe: ViewRecipe = { ...withColors(cropAndFlip(size), jitter), cropScale: [0.2, 1] };
  return pair(withBlur(recipe, scale === 'large' ? 0.5 : 0));
}

/** BYOL and Barlow Twins: the views differ in blur (large recipe) and in solarisation of the second. */
export function byolViews(scale: Scale, size: number): readonly ViewRecipe[] {
  const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 };
  const recipe = withColors(cropAndFlip(size), jitter);
  const large = scale === 'large';
  return [
    withBlur(recipe, large ? 1 : 0),
    { ...withBlur(recipe, large ? 0.1 : 0), solarizeProbability: 0.2 },
  ];
}

/** VICReg, appendix C.1 (large) and solo-learn's CIFAR recipe (small: no blur): two views drawn alike. */
export function vicregViews(scale: Scale, size: number): readonly ViewRecipe[] {
  const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 };
  const recipe: ViewRecipe = { ...withColors(cropAndFlip(size), jitter), solarizeProbability: 0.1 };
  return pair(scale === 'large' ? withBlur(recipe, 0.5) : { ...recipe, cropScale: [0.2, 1] });
}

function pair(recipe: ViewRecipe): readonly ViewRecipe[] {
  return [recipe, recipe];
}
