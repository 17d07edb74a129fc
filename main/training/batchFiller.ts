import { randomStream } from '../nn/random.ts';
import { sampleViewParameters } from '../ssl/views/sampleView.ts';
import { viewTensors } from '../ssl/views/viewFeeds.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

/** Which images a training sees, and how. */
export interface BatchSource {
  readonly store: PixelStore;
  /** Sample i is slot `slots[i]`. */
  readonly slots: readonly number[] | Int32Array;
  readonly batchSize: number;
  /** Batches in an epoch; all whole ones unless given. What is left over is dropped, another part of it in each epoch. */
  readonly stepsPerEpoch?: number | undefined;
  readonly recipes: readonly ViewRecipe[];
  readonly seed: number;
}

/**
 * Makes the batches of a run. What a step gets depends on the seed and on the step alone, so that a resumed run needs
 * no generator's state, and that several threads can each make a part.
 */
export interface BatchFiller {
  /**
   * Writes the rows `first` … `end` − 1 of a step's batch; the others stay.
   * @param batch tensors as `batchShapes` declares them
   * @throws damaged-project when the store is cut off
   */
  fill(step: number, batch: Tensors, first: number, end: number): void;
}

export function createBatchFiller(source: BatchSource): BatchFiller {
  const { store, slots, batchSize, recipes, seed } = source;
  const { stepsPerEpoch = Math.floor(slots.length / batchSize) } = source;
  const slotBytes = 3 * store.slotSize ** 2;
  const orderOf = epochOrders(seed, slots.length);
  return {
    fill: (step, { images, indices, ...views }, first, end) => {
      const start = (step % stepsPerEpoch) * batchSize;
      const samples = orderOf(Math.floor(step / stepsPerEpoch)).subarray(start + first, start + end);
      const sizes = new Int32Array(2 * samples.length);
      const into = images.data.subarray(first * slotBytes, end * slotBytes) as Uint8Array;
      store.readSlots(
        samples.map((sample) => slots[sample]),
        into,
        sizes,
      );
      indices.data.set(samples, first);
      recipes.forEach((recipe, view) => {
        const random = (i: number) => randomStream(seed, 'view', step, view, samples[i]);
        const shared = (i: number) => randomStream(seed, 'all views', step, samples[i]);
        const drawn = viewTensors(view, sampleViewParameters(recipe, sizes, random, shared));
        for (const [name, { data }] of Object.entries(drawn)) {
          views[name].data.set(data, first * (data.length / samples.length));
        }
      });
    },
  };
}

/** The order of the samples in an epoch; the last one is kept. */
function epochOrders(seed: number, count: number): (epoch: number) => Int32Array {
  let known: { readonly epoch: number; readonly order: Int32Array } = { epoch: -1, order: new Int32Array() };
  return (epoch) => {
    if (known.epoch !== epoch) {
      known = { epoch, order: randomStream(seed, 'order', epoch).permutation(count) };
    }
    return known.order;
  };
}
