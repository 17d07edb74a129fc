import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../main/nn/random.ts';
import { noBlur } from '../../../main/ssl/views/blurMatrix.ts';
import { byolViews, mocoV2Views, simclrViews } from '../../../main/ssl/views/recipes.ts';
import { sampleViewParameters, type ViewParameters } from '../../../main/ssl/views/sampleView.ts';
import type { ViewRecipe } from '../../../main/ssl/views/recipe.ts';

const samples = 4000;

function draw(recipe: ViewRecipe, height = 40, width = 30, seed = 0): ViewParameters {
  const sizes = Int32Array.from({ length: 2 * samples }, (_, i) => (i % 2 === 0 ? height : width));
  return sampleViewParameters(recipe, sizes, (sample) => randomStream(seed, sample));
}

function bytesOf(data: Float32Array | null): Buffer {
  return Buffer.from(data ? data.buffer : new ArrayBuffer(0));
}

/** Row i of [N, width]. */
function rows(data: Float32Array | null, width: number): number[][] {
  if (!data) throw new Error('the recipe has no such feed');
  return Array.from({ length: data.length / width }, (_, i) => [
    ...data.subarray(width * i, width * (i + 1)),
  ]);
}

const share = (list: readonly boolean[]): number => list.filter(Boolean).length / list.length;
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

function expectNear(actual: number, expected: number, margin: number): void {
  expect(Math.abs(actual - expected), `${actual} should be about ${expected}`).toBeLessThan(margin);
}

describe('sampleViewParameters', () => {
  const [recipe] = simclrViews('large', 32);

  it('draws the same view from the same generators, another from others', () => {
    const [first, again, other] = [draw(recipe), draw(recipe), draw(recipe, 40, 30, 1)];
    for (const part of ['geometry', 'color', 'finish'] as const) {
      expect(bytesOf(again[part]).equals(bytesOf(first[part]))).toBe(true);
      expect(bytesOf(other[part]).equals(bytesOf(first[part]))).toBe(false);
    }
  });

  it('draws a sample’s view whatever the batch around it', () => {
    const one = sampleViewParameters(recipe, Int32Array.of(40, 30), () => randomStream(0, 17));
    const all = draw(recipe);
    expect([...one.geometry]).toEqual(rows(all.geometry, 6)[17]);
    expect([...(one.color ?? [])]).toEqual(rows(all.color, 40)[17]);
    expect([...(one.finish ?? [])]).toEqual(rows(all.finish, 2)[17]);
  });

  it.each([
    [40, 30],
    [3, 50],
    [50, 2],
    [1, 1],
  ])('keeps crops of whole pixels inside an image of %d × %d', (height, width) => {
    const crops = rows(draw(recipe, height, width).geometry, 6);
    const isInside = ([top, left, cropHeight, cropWidth]: number[]): boolean =>
      [top, left, cropHeight, cropWidth].every(Number.isInteger) &&
      Math.min(top, left) >= 0 &&
      Math.min(cropHeight, cropWidth) >= 1 &&
      top + cropHeight <= height &&
      left + cropWidth <= width;
    expect(crops.filter((crop) => !isInside(crop))).toEqual([]);
  });

  it('takes the largest central crop within the ratios where none fits', () => {
    const crops = rows(draw({ ...recipe, cropScale: [1, 1] }, 9, 90).geometry, 6);
    expect(new Set(crops.map((crop) => crop.slice(0, 4).join()))).toEqual(new Set(['0,39,9,12']));
  });

  it('draws areas and ratios as RandomResizedCrop', () => {
    // In a big square nearly every first draw fits, so the areas are almost uniform in cropScale.
    const crops = rows(draw({ ...recipe, cropScale: [0.1, 0.5] }, 200, 200).geometry, 6);
    const areas = crops.map(([, , height, width]) => (height * width) / 200 ** 2);
    const logRatios = crops.map(([, , height, width]) => Math.log(width / height));
    expectNear(mean(areas), 0.3, 0.006);
    expect(Math.min(...areas)).toBeGreaterThan(0.098);
    expect(Math.max(...areas)).toBeLessThan(0.503);
    expectNear(mean(logRatios), 0, 0.015);
    expect(Math.max(...logRatios.map(Math.abs))).toBeLessThan(Math.log(4 / 3) + 0.02);
  });

  it('flips, blurs, jitters, greys and solarises as often as the recipe says', () => {
    const both: ViewRecipe = {
      ...recipe,
      verticalFlipProbability: 0.25,
      blur: { probability: 0.1, sigma: [0.1, 2] },
      solarizeProbability: 0.3,
    };
    const { geometry, color, finish } = draw(both);
    const flips = rows(geometry, 6).map((row) => row[4]);
    expectNear(share(flips.map((bits) => bits % 2 === 1)), 0.5, 0.02);
    expectNear(share(flips.map((bits) => bits >= 2)), 0.25, 0.02);
    const sharpness = rows(geometry, 6).map((row) => row[5]);
    expectNear(share(sharpness.map((value) => value !== Math.fround(noBlur))), 0.1, 0.02);
    const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0];
    const untouched = rows(color, 40).map((row) => row.every((value, i) => value === identity[i % 10]));
    expectNear(share(untouched), 0.2, 0.02);
    expectNear(share(rows(finish, 2).map(([grey]) => grey === 1)), 0.2, 0.02);
    expectNear(share(rows(finish, 2).map(([, solarized]) => solarized === 1)), 0.3, 0.02);
  });

  it('draws σ within its bounds', () => {
    const always = { ...recipe, blur: { probability: 1, sigma: [0.5, 2] } } as const;
    const sigmas = rows(draw(always).geometry, 6).map((row) => Math.sqrt(1 / (2 * row[5])));
    expect(Math.min(...sigmas)).toBeGreaterThan(0.499);
    expect(Math.max(...sigmas)).toBeLessThan(2.001);
    expect(mean(sigmas)).toBeCloseTo(1.25, 1);
  });

  it('draws strengths within ColorJitter’s bounds, each operation equally often in each place', () => {
    const jitter = { brightness: 0.4, contrast: 0, saturation: 0, hue: 0, probability: 1 };
    const factors = rows(draw({ ...recipe, jitter }).color, 40).map((row) => {
      const at = [0, 1, 2, 3].find((slot) => row[10 * slot] !== 1) ?? 0;
      return { at, factor: row[10 * at] };
    });
    const values = factors.map(({ factor }) => factor);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(0.6));
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(1.4));
    expectNear(mean(values), 1, 0.0125);
    for (let slot = 0; slot < 4; slot++) {
      expectNear(share(factors.map(({ at }) => at === slot)), 0.25, 0.025);
    }
  });

  it('never draws a negative factor', () => {
    const jitter = { brightness: 1.5, contrast: 0, saturation: 0, hue: 0, probability: 1 };
    const values = rows(draw({ ...recipe, jitter }).color, 10).map((row) => row[0]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(2.5);
  });

  it.each([
    ['SimCLR', simclrViews],
    ['MoCo v2', mocoV2Views],
    ['Barlow Twins', byolViews],
  ])('draws finite numbers for the recipes of %s', (_, views) => {
    for (const scale of ['small', 'large'] as const) {
      for (const view of views(scale, 32)) {
        const { geometry, color, finish } = draw(view);
        for (const data of [geometry, color, finish]) expect(data?.every(Number.isFinite)).toBe(true);
      }
    }
  });
});
