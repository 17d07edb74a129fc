import { randomStream } from '../nn/random.ts';
import { sampleViewParameters } from '../ssl/views/sampleView.ts';
import { viewTensors } from '../ssl/views/viewFeeds.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';

export interface BatchSource {
  readonly store: PixelStore;
  /** Sample i is slot `slots[i]`. */
  readonly slots: readonly number[];
  readonly batchSize: number;
  readonly recipes: readonly ViewRecipe[];
  readonly seed: number;
}

/**
 * Reads the batches of a run. What a step gets depends on the seed and on the step alone, so that a resumed run needs
 * no generator's state.
 */
export interface BatchReader {
  /** Whole batches in an epoch; what is left over is dropped, another part of it in each epoch. */
  readonly stepsPerEpoch: number;
  /** The feeds `images`, `indices` and `view.*` of a step. They are overwritten by the next call. */
  read(step: number): Tensors;
}

export function createBatchReader(source: BatchSource): BatchReader {
  const { store, slots, batchSize, recipes, seed } = source;
  const stepsPerEpoch = Math.floor(slots.length / batchSize);
  const images = imageTensor(batchSize, store.slotSize);
  const sizes = new Int32Array(2 * batchSize);
  const orderOf = epochOrders(seed, slots.length);
  return {
    stepsPerEpoch,
    read: (step) => {
      const start = (step % stepsPerEpoch) * batchSize;
      const samples = orderOf(Math.floor(step / stepsPerEpoch)).slice(start, start + batchSize);
      store.readSlots(
        samples.map((sample) => slots[sample]),
        images.data,
        sizes,
      );
      const views = recipes.map((recipe, view) =>
        viewTensors(
          view,
          sampleViewParameters(recipe, sizes, (i) => randomStream(seed, 'view', step, view, samples[i])),
        ),
      );
      const indices: Tensor = { dtype: 'int32', shape: [batchSize], data: samples };
      return Object.assign({ images, indices }, ...views) as Tensors;
    },
  };
}

/** uint8 [n, 3, M, M], to be filled. */
export function imageTensor(count: number, slotSize: number): Tensor & { readonly data: Uint8Array } {
  const shape = [count, 3, slotSize, slotSize];
  return { dtype: 'uint8', shape, data: new Uint8Array(3 * slotSize * slotSize * count) };
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
