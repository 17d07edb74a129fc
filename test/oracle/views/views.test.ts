import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { checkGraph } from '../../../main/engine/graph/checkGraph.ts';
import { feed, reshape, sliceAxis } from '../../../main/engine/graph/ops.ts';
import { noBlur } from '../../../main/ssl/views/blurMatrix.ts';
import { buildView, cropFlipBlur } from '../../../main/ssl/views/buildView.ts';
import {
  setBrightness,
  setContrast,
  setHue,
  setIdentity,
  setSaturation,
} from '../../../main/ssl/views/colorMatrices.ts';
import { grayscale, jitterColors, solarize } from '../../../main/ssl/views/colorView.ts';
import { pixelsToFloat } from '../../../main/ssl/views/normalization.ts';
import { byolViews } from '../../../main/ssl/views/recipes.ts';
import { viewFeeds, viewTensors } from '../../../main/ssl/views/viewFeeds.ts';
import { resizeImage, wholeImageView } from '../../../main/ssl/views/wholeImage.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { tensor } from '../../helpers/tensors.ts';
import { bytes, fixtures, floats, largestDifference } from './fixtures.ts';
import type { Executor } from '../../../main/engine/execute/executor.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';
import type { ViewRecipe } from '../../../main/ssl/views/recipe.ts';

const { size } = fixtures;
const batch = fixtures.sizes.length;
const pixels = bytes(fixtures.pixels);
const tolerance = 1e-4;

const setters = {
  brightness: setBrightness,
  contrast: setContrast,
  saturation: setSaturation,
  hue: setHue,
};

const recipe: ViewRecipe = { ...byolViews('large', size)[1], size };

interface GeometryChoice {
  readonly flips?: boolean;
  readonly blur?: boolean;
}

/** [N, 6] of the fixture's crops, with its flips and sigmas where asked for. */
function geometryOf({ flips = false, blur = false }: GeometryChoice): Float32Array {
  const rows = fixtures.crops.map((crop, i) => {
    const [horizontal, vertical] = fixtures.flips[i];
    const bits = (horizontal ? 1 : 0) + (vertical ? 2 : 0);
    return [...crop, flips ? bits : 0, blur ? 1 / (2 * fixtures.sigmas[i] ** 2) : noBlur];
  });
  return Float32Array.from(rows.flat());
}

/** [N, 4, 10] of the fixture's jitter, padded by steps that change nothing. */
function colorOf(name: string): Float32Array {
  const color = new Float32Array(batch * 40);
  fixtures.jitters[name].steps.forEach((steps, sample) => {
    for (let slot = 0; slot < 4; slot++) {
      const at = 40 * sample + 10 * slot;
      if (slot < steps.length) setters[steps[slot][0]](color, at, steps[slot][1]);
      else setIdentity(color, at);
    }
  });
  return color;
}

async function geometry(choice: GeometryChoice, viewSize = size): Promise<Tensor> {
  const numbers: Tensor = { dtype: 'float32', shape: [batch, 6], data: geometryOf(choice) };
  return evaluate([pixels, numbers], ([images, parameters]) =>
    cropFlipBlur(pixelsToFloat(images), parameters, { size: viewSize, blur: recipe.blur }),
  );
}

/** Applies colour steps to the fixture's crops, given and returned as [N, 3, S, S]. */
async function jitter(view: Tensor, color: Float32Array): Promise<Tensor> {
  const [n] = view.shape;
  const parameters: Tensor = { dtype: 'float32', shape: [n, 4, 10], data: color };
  return evaluate([view, parameters], ([x, steps]) =>
    reshape(jitterColors(reshape(x, [n, 3, size * size]), steps), view.shape),
  );
}

/** [1, 4, 10] that turns the hue. */
function hueOnly(turns: number): Float32Array {
  const color = new Float32Array(40);
  for (let slot = 0; slot < 4; slot++) setIdentity(color, 10 * slot);
  setHue(color, 0, turns);
  return color;
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
}

describe('geometry against PyTorch', () => {
  it('crops and resizes with the antialiasing triangle filter', async () => {
    expect(largestDifference(await geometry({}), floats(fixtures.crop))).toBeLessThan(tolerance);
  });

  it('flips left to right, upside down and both', async () => {
    expect(largestDifference(await geometry({ flips: true }), floats(fixtures.flip))).toBeLessThan(tolerance);
  });

  it('blurs as gaussian_blur, reflected at the borders', async () => {
    expect(largestDifference(await geometry({ blur: true }), floats(fixtures.blur))).toBeLessThan(tolerance);
  });

  it('blurs with a wider kernel in larger views', async () => {
    const { size: wide, output } = fixtures.wideBlur;
    const numbers = tensor([1, 6], [...fixtures.crops[0], 0, 1 / (2 * 2 ** 2)]);
    const blurred = await evaluate([pixels, numbers], ([images, parameters]) => {
      const one = sliceAxis(sliceAxis(pixelsToFloat(images), 0, 0, 1), 1, 0, 1);
      return cropFlipBlur(one, parameters, { size: wide, blur: recipe.blur });
    });
    expect(largestDifference(blurred, floats(output))).toBeLessThan(tolerance);
  });

  it('resizes whole images', async () => {
    const sizes: Tensor = {
      dtype: 'int32',
      shape: [batch, 2],
      data: Int32Array.from(fixtures.sizes.flat()),
    };
    const whole = await evaluate([pixels, sizes], ([images, known]) =>
      wholeImageView(pixelsToFloat(images), known, size),
    );
    expect(largestDifference(whole, floats(fixtures.whole))).toBeLessThan(tolerance);
  });

  it('resizes images of named height and width', async () => {
    const image = feed('image', ['N', 3, 'H', 'W']);
    const graph = { outputs: { y: resizeImage(image, size) }, updates: {} };
    checkGraph(graph);
    const first = await evaluate([pixels], ([x]) => sliceAxis(pixelsToFloat(x), 0, 0, 1));
    for (const executor of [referenceExecutor, ortExecutor({ device: 'cpu' })]) {
      const program = await executor.compile(graph, {});
      const feeds = { image: { ...first, data: Float32Array.from(first.data) } };
      const { y } = await program.step(feeds);
      await program.dispose();
      const expected = { ...floats(fixtures.crop), shape: [1, 3, size, size] };
      expect(largestDifference(y, expected)).toBeLessThan(tolerance);
    }
  });
});

describe('colours against torchvision (hue: YIQ in NumPy)', () => {
  it.each(Object.keys(fixtures.jitters))('%s', async (name) => {
    const changed = await jitter(floats(fixtures.crop), colorOf(name));
    expect(largestDifference(changed, floats(fixtures.jitters[name].output))).toBeLessThan(tolerance);
  });

  it.each([
    ['grayscale', grayscale],
    ['solarize', solarize],
  ] as const)('%s', async (name, change) => {
    const on = tensor([batch, 1, 1], [1, 1, 1]);
    const changed = await evaluate([floats(fixtures.crop), on], ([x, flag]) =>
      reshape(change(reshape(x, [batch, 3, size * size]), flag), [batch, 3, size, size]),
    );
    expect(largestDifference(changed, floats(fixtures[name]))).toBeLessThan(tolerance);
  });

  it('hue differs from torchvision’s HSV by less than 0.08 on average on a picture of all hues', async () => {
    const values = bytes(fixtures.picture);
    const picture = tensor(
      [1, ...values.shape],
      [...values.data].map((value) => value / 255),
    );
    for (const { turns, output } of fixtures.hsvHue) {
      const theirs = floats(output);
      const same = meanDifference((await jitter(picture, hueOnly(turns))).data, theirs.data);
      const opposite = meanDifference((await jitter(picture, hueOnly(-turns))).data, theirs.data);
      expect(same).toBeLessThan(0.08);
      // The direction is HSV's.
      expect(same).toBeLessThan(0.6 * opposite);
    }
  });
});

describe('a whole view against torchvision’s chain', () => {
  it.each<[string, Executor]>([
    ['reference', referenceExecutor],
    ['ONNX Runtime', ortExecutor({ device: 'cpu' })],
  ])('%s', async (_, executor) => {
    const images = feed('images', pixels.shape, 'uint8');
    const view = buildView(pixelsToFloat(images), viewFeeds(0, recipe, batch), recipe);
    const graph = { outputs: { view }, updates: {} };
    checkGraph(graph);
    const program = await executor.compile(graph, {});
    const parameters = {
      geometry: geometryOf({ flips: true, blur: true }),
      color: colorOf('orders'),
      // The first image grey, the last solarised.
      finish: Float32Array.of(1, 0, 0, 0, 0, 1),
    };
    const outputs = await program.step({ images: pixels, ...viewTensors(0, parameters) });
    await program.dispose();
    // Normalising multiplies differences by 1/std, about 4.4.
    expect(largestDifference(outputs.view, floats(fixtures.chain))).toBeLessThan(5 * tolerance);
  });
});
