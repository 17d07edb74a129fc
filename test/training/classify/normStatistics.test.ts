import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { freshEncoderWeights } from '../../../main/classify/freshEncoder.ts';
import { withFreshNormStatistics } from '../../../main/classify/normStatistics.ts';
import { ortExecutor } from '../../../main/engine/execute/ort/ortExecutor.ts';
import { feed } from '../../../main/engine/graph/ops.ts';
import { openPixelStore, type PixelStore } from '../../../main/importer/pixelStore.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { pixelsToFloat } from '../../../main/ssl/views/normalization.ts';
import { wholeImageView } from '../../../main/ssl/views/wholeImage.ts';
import { imageTensor } from '../../../main/training/imageTensor.ts';
import { embedSlots } from '../../../main/training/embed.ts';
import { writeTextureStore } from '../../helpers/textureStore.ts';
import { temporaryFolder } from '../../helpers/temporaryFolder.ts';
import { tinyTextureEncoder as encoder } from '../../helpers/tinyTextureEncoder.ts';
import type { Tensors } from '../../../main/engine/execute/executor.ts';

let store: PixelStore;
beforeEach(() => {
  const folder = temporaryFolder();
  writeTextureStore(folder, 96);
  store = openPixelStore(folder);
  onTestFinished(() => store.close());
});

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
const weights = freshEncoderWeights(encoder, 16, 3);
const slots = Array.from({ length: 48 }, (_, i) => i);

/** Features normalised by the statistics of the batch itself. */
async function trainingFeatures(given: Tensors): Promise<ArrayLike<number>> {
  const images = pixelsToFloat(feed('images', [48, 3, 16, 16], 'uint8'));
  const view = wholeImageView(images, feed('sizes', [48, 2], 'int32'), 16);
  const scope = rootScope(createVariables(), 'training').child('encoder');
  const program = await executor.compile(
    { outputs: { features: encoder.build(scope, view) }, updates: {} },
    given,
  );
  const pixels = imageTensor(48, 16);
  const sizes = new Int32Array(96);
  store.readSlots(slots, pixels.data, sizes);
  const { features } = await program.step({
    images: pixels,
    sizes: { dtype: 'int32', shape: [48, 2], data: sizes },
  });
  await program.dispose();
  return features.data;
}

it('makes inference agree with training on one batch', async () => {
  const request = { executor, store, encoder, imageSize: 16 };
  const fresh = await withFreshNormStatistics(weights, { ...request, slots });
  const expected = Array.from(await trainingFeatures(weights));
  const inferred = (await embedSlots({ ...request, weights: fresh }, slots)).data;
  const before = (await embedSlots({ ...request, weights }, slots)).data;
  const deviation = (found: Float32Array): number =>
    Math.max(...found.map((x, i) => Math.abs(x - expected[i])));
  const size = Math.max(...expected.map(Math.abs));
  // Running variances are unbiased, the batch's own are not: a part in 48 · 4 in the last layer.
  expect(deviation(inferred) / size).toBeLessThan(0.02);
  expect(deviation(before) / size).toBeGreaterThan(0.2);
});

it('gives the statistics of all images where they fill several batches', async () => {
  const request = { executor, store, encoder, imageSize: 16 };
  const all = Array.from({ length: 96 }, (_, i) => i);
  const fresh = await withFreshNormStatistics(weights, { ...request, slots: all });
  const mean = fresh['encoder.bn1.running_mean'].data;
  const halves = await Promise.all(
    [all.slice(0, 48), all.slice(48)].map((part) =>
      withFreshNormStatistics(weights, { ...request, slots: part }),
    ),
  );
  const [first, second] = halves.map((half) => half['encoder.bn1.running_mean'].data);
  mean.forEach((value: number, i: number) => expect(value).toBeCloseTo((first[i] + second[i]) / 2, 5));
  const variance = fresh['encoder.bn1.running_var'].data;
  const [v1, v2] = halves.map((half) => half['encoder.bn1.running_var'].data);
  variance.forEach((value: number, i: number) => {
    expect(value).toBeCloseTo((v1[i] + v2[i]) / 2 + ((first[i] - second[i]) / 2) ** 2, 5);
  });
});
