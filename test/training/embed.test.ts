import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import { openPixelStore, type PixelStore } from '../../main/importer/pixelStore.ts';
import { initialState } from '../../main/nn/initialize.ts';
import { createVariables, rootScope } from '../../main/nn/variables.ts';
import { createEmbedder, embedSlots, type EmbedderOptions } from '../../main/training/embed.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { tinyEncoder } from '../helpers/tinyEncoder.ts';
import { writeTinyStore } from '../helpers/tinyTraining.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';

const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });

function weights(seed: number): Tensors {
  const variables = createVariables();
  tinyEncoder.build(rootScope(variables, 'inference').child('encoder'), feed('x', [1, 3, 16, 16]));
  return initialState(variables, seed);
}

let store: PixelStore;
beforeEach(() => {
  const folder = temporaryFolder();
  writeTinyStore(folder, 10);
  store = openPixelStore(folder);
  onTestFinished(() => store.close());
});

const options = (changes: Partial<EmbedderOptions> = {}): EmbedderOptions => ({
  encoder: tinyEncoder,
  weights: weights(1),
  store,
  imageSize: 16,
  executor,
  batchSize: 4,
  ...changes,
});

describe('embedding', () => {
  it('gives one row an image, whatever the batches', async () => {
    const slots = [9, 0, 3, 3, 1, 7, 2, 5, 4];
    const inFours = await embedSlots(options(), slots);
    const inOnes = await embedSlots(options({ batchSize: 1 }), slots);
    expect(inFours).toMatchObject({ count: 9, size: 6 });
    const row = (i: number): number[] => [...inFours.data.subarray(6 * i, 6 * i + 6)];
    inOnes.data.forEach((value, i) => expect(inFours.data[i]).toBeCloseTo(value, 5));
    expect(row(2)).toEqual(row(3));
    expect(row(2)).not.toEqual(row(1));
  });

  it('takes other weights without being compiled again', async () => {
    const embedder = await createEmbedder(options());
    await embedder.load(weights(2));
    const loaded = await embedder.embed([0, 1]);
    await embedder.dispose();
    expect(loaded).toEqual(await embedSlots(options({ weights: weights(2) }), [0, 1]));
    expect(loaded).not.toEqual(await embedSlots(options(), [0, 1]));
  });

  it('stops when asked', async () => {
    await expect(embedSlots(options(), [0, 1], AbortSignal.abort())).rejects.toThrow(/abort/i);
  });

  it('names a weight that is missing', async () => {
    const { 'encoder.conv1.weight': _, ...rest } = weights(1);
    await expect(embedSlots(options({ weights: rest }), [0])).rejects.toThrow('encoder.conv1.weight');
  });
});
