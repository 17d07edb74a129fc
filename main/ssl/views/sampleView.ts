import { noBlur } from './blurMatrix.ts';
import { setBrightness, setContrast, setHue, setIdentity, setSaturation } from './colorMatrices.ts';
import { narrowToCell } from './narrowToCell.ts';
import { sampleCrop } from './sampleCrop.ts';
import { usesColor, usesFinish } from './viewFeeds.ts';
import type { Random } from '../../nn/random.ts';
import type { ViewRecipe } from './recipe.ts';

/** The drawn numbers of one view of a batch, row-major in the shapes of `ViewFeedName`. */
export interface ViewParameters {
  readonly geometry: Float32Array;
  readonly color: Float32Array | null;
  readonly finish: Float32Array | null;
}

/**
 * Draws one view of each image of a batch. The same generators give the same view.
 * @param sizes int32 [N, 2]: height and width of each image in its slot
 * @param random the generator of sample i, called once for each
 * @param shared a generator that begins alike for all views of sample i: what views with cells have in common
 */
export function sampleViewParameters(
  recipe: ViewRecipe,
  sizes: Int32Array,
  random: (sample: number) => Random,
  shared = random,
): ViewParameters {
  const n = sizes.length / 2;
  const geometry = new Float32Array(n * 6);
  const color = usesColor(recipe) ? new Float32Array(n * 40) : null;
  const finish = usesFinish(recipe) ? new Float32Array(n * 2) : null;
  for (let i = 0; i < n; i++) {
    const generator = random(i);
    const whole = recipe.cell ? shared(i) : generator;
    sampleCrop(recipe, sizes[2 * i], sizes[2 * i + 1], whole, geometry, 6 * i);
    sampleFlips(recipe, whole, geometry, 6 * i);
    if (recipe.cell) narrowToCell(recipe.cell, { shared: whole, own: generator }, geometry, 6 * i);
    sampleBlur(recipe, generator, geometry, 6 * i);
    if (color) sampleColor(recipe, generator, color, 40 * i);
    if (finish) sampleFinish(recipe, generator, finish, 2 * i);
  }
  return { geometry, color, finish };
}

function sampleFlips(recipe: ViewRecipe, random: Random, into: Float32Array, at: number): void {
  const horizontal = random.uniform() < recipe.flipProbability ? 1 : 0;
  const vertical = random.uniform() < recipe.verticalFlipProbability ? 2 : 0;
  into[at + 4] = horizontal + vertical;
}

function sampleBlur({ blur }: ViewRecipe, random: Random, into: Float32Array, at: number): void {
  const blurred = random.uniform() < blur.probability;
  into[at + 5] = blurred ? 1 / (2 * random.uniform(...blur.sigma) ** 2) : noBlur;
}

/** Four operations in a drawn order, strengths as torchvision's `ColorJitter` draws them. */
function sampleColor({ jitter }: ViewRecipe, random: Random, into: Float32Array, at: number): void {
  if (random.uniform() >= jitter.probability) {
    for (let slot = 0; slot < 4; slot++) setIdentity(into, at + 10 * slot);
    return;
  }
  const order = random.permutation(4);
  const slot = (operation: number): number => at + 10 * order[operation];
  setBrightness(into, slot(0), factor(jitter.brightness, random));
  setContrast(into, slot(1), factor(jitter.contrast, random));
  setSaturation(into, slot(2), factor(jitter.saturation, random));
  setHue(into, slot(3), random.uniform(-jitter.hue, jitter.hue));
}

/** Uniform between max(0, 1 − strength) and 1 + strength. */
function factor(strength: number, random: Random): number {
  return random.uniform(Math.max(0, 1 - strength), 1 + strength);
}

function sampleFinish(recipe: ViewRecipe, random: Random, into: Float32Array, at: number): void {
  into[at] = random.uniform() < recipe.grayscaleProbability ? 1 : 0;
  into[at + 1] = random.uniform() < recipe.solarizeProbability ? 1 : 0;
}
