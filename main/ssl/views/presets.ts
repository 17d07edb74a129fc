import type { ViewRecipe } from './recipe.ts';

export type ViewPresetName = 'natural' | 'color-matters' | 'orientation-free';

/** A change to a method's recipe that fits it to a kind of images. */
export interface ViewPreset {
  readonly name: ViewPresetName;
  /** One sentence for somebody who chooses. */
  readonly summary: string;
  apply(recipe: ViewRecipe): ViewRecipe;
}

/** All presets, the usual one first. */
export const viewPresets: readonly ViewPreset[] = [
  {
    name: 'natural',
    summary: 'Everyday photographs: the recipe as published.',
    apply: (recipe) => recipe,
  },
  {
    name: 'color-matters',
    summary: 'Colour tells the classes apart (birds, fruit, stained tissue): it is hardly changed.',
    apply: (recipe) => ({
      ...recipe,
      jitter: {
        brightness: Math.min(recipe.jitter.brightness, 0.2),
        contrast: Math.min(recipe.jitter.contrast, 0.2),
        saturation: Math.min(recipe.jitter.saturation, 0.1),
        hue: 0,
        probability: recipe.jitter.probability,
      },
      grayscaleProbability: 0,
      solarizeProbability: 0,
    }),
  },
  {
    name: 'orientation-free',
    summary: 'No up or down (microscopy, aerial images): views are turned upside down too.',
    apply: (recipe) => ({ ...recipe, verticalFlipProbability: 0.5 }),
  },
];

/** The recipe under a preset. */
export function applyPreset(recipe: ViewRecipe, name: ViewPresetName): ViewRecipe {
  const preset = viewPresets.find((candidate) => candidate.name === name);
  return preset ? preset.apply(recipe) : recipe;
}
