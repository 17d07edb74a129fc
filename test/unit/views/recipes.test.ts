import { describe, expect, it } from 'vitest';
import { graphFeeds } from '../../../main/engine/graph/graph.ts';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import { feed } from '../../../main/engine/graph/ops.ts';
import { randomStream } from '../../../main/nn/random.ts';
import { buildView } from '../../../main/ssl/views/buildView.ts';
import { applyPreset, viewPresets } from '../../../main/ssl/views/presets.ts';
import { byolViews, mocoV2Views, simclrViews } from '../../../main/ssl/views/recipes.ts';
import { sampleViewParameters } from '../../../main/ssl/views/sampleView.ts';
import { viewFeeds, viewFeedShapes, viewTensors } from '../../../main/ssl/views/viewFeeds.ts';
import type { ViewRecipe } from '../../../main/ssl/views/recipe.ts';

const batch = 5;
const [published] = simclrViews('large', 8);
const still: ViewRecipe = {
  ...published,
  jitter: { ...published.jitter, probability: 0 },
  grayscaleProbability: 0,
};

/** Name and shape of each feed of the graph of one view. */
function feedsOf(recipe: ViewRecipe): Record<string, readonly (number | string)[]> {
  const images = feed('images', [batch, 3, 10, 10]);
  const graph = { outputs: { view: buildView(images, viewFeeds(1, recipe, batch), recipe) }, updates: {} };
  checkGraph(graph);
  expect(graph.outputs.view.shape).toEqual([batch, 3, recipe.size, recipe.size]);
  return Object.fromEntries([...graphFeeds(graph)].map(([name, { shape }]) => [name, shape]));
}

describe('the feeds of a view', () => {
  const recipes: [string, ViewRecipe][] = [
    ['all parts', { ...published, solarizeProbability: 0.2 }],
    ['no colours', still],
    ['greyscale only', { ...still, grayscaleProbability: 0.2 }],
    ['solarisation only', { ...still, solarizeProbability: 0.2 }],
    ['jitter only', { ...published, grayscaleProbability: 0 }],
    ['no blur', simclrViews('small', 8)[0]],
  ];

  it.each(recipes)('are those that the graph, the shapes and the sampler name: %s', (_, recipe) => {
    const { images, ...inGraph } = feedsOf(recipe);
    expect(images).toEqual([batch, 3, 10, 10]);
    const declared = Object.entries(viewFeedShapes(recipe, batch));
    expect(inGraph).toEqual(Object.fromEntries(declared.map(([name, shape]) => [`view.1.${name}`, shape])));

    const sizes = new Int32Array(2 * batch).fill(10);
    const drawn = viewTensors(
      1,
      sampleViewParameters(recipe, sizes, (sample) => randomStream(sample)),
    );
    expect(Object.fromEntries(Object.entries(drawn).map(([name, { shape }]) => [name, shape]))).toEqual(
      inGraph,
    );
  });
});

describe('recipes', () => {
  it('hold the published values', () => {
    const [large] = simclrViews('large', 224);
    expect(large.jitter).toEqual({
      brightness: 0.8,
      contrast: 0.8,
      saturation: 0.8,
      hue: 0.2,
      probability: 0.8,
    });
    expect(large).toMatchObject({
      size: 224,
      cropScale: [0.08, 1],
      blur: { probability: 0.5, sigma: [0.1, 2] },
    });
    const [small] = simclrViews('small', 32);
    expect(small.jitter).toEqual({
      brightness: 0.4,
      contrast: 0.4,
      saturation: 0.4,
      hue: 0.1,
      probability: 0.8,
    });
    expect(small).toMatchObject({
      grayscaleProbability: 0.2,
      flipProbability: 0.5,
      blur: { probability: 0 },
    });
    expect(mocoV2Views('large', 224)[1]).toMatchObject({ cropScale: [0.2, 1], blur: { probability: 0.5 } });
    expect(mocoV2Views('small', 32)[1].blur.probability).toBe(0);
  });

  it('give Barlow Twins an asymmetric pair', () => {
    const pairs = (['small', 'large'] as const).map((scale) =>
      byolViews(scale, 32).map((view) => [view.blur.probability, view.solarizeProbability]),
    );
    expect(pairs).toEqual([
      [
        [0, 0],
        [0, 0.2],
      ],
      [
        [1, 0],
        [0.1, 0.2],
      ],
    ]);
  });
});

describe('presets', () => {
  it('natural: nothing changes', () => {
    expect(applyPreset(published, 'natural')).toEqual(published);
  });

  it('color-matters: no hue, no grey, no solarisation, and never more jitter than published', () => {
    const changed = applyPreset({ ...published, solarizeProbability: 0.2 }, 'color-matters');
    expect(changed).toMatchObject({ grayscaleProbability: 0, solarizeProbability: 0 });
    expect(changed.jitter).toEqual({
      brightness: 0.2,
      contrast: 0.2,
      saturation: 0.1,
      hue: 0,
      probability: 0.8,
    });
    expect(applyPreset(still, 'color-matters').jitter.probability).toBe(0);
    expect(changed.blur).toEqual(published.blur);
  });

  it('orientation-free: upside down as often as not', () => {
    expect(applyPreset(published, 'orientation-free')).toEqual({
      ...published,
      verticalFlipProbability: 0.5,
    });
  });

  it('have names of their own', () => {
    expect(new Set(viewPresets.map(({ name }) => name)).size).toBe(viewPresets.length);
  });
});
