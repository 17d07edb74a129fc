import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openPixelStore, type PixelStore } from '../../main/importer/pixelStore.ts';
import { simclrViews } from '../../main/ssl/views/recipes.ts';
import { createBatchFiller } from '../../main/training/batchFiller.ts';
import { batchShapes, sharedBatch } from '../../main/training/sharedBatch.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { writeTinyStore } from '../helpers/tinyTraining.ts';
import { valuesOf } from '../helpers/valuesOf.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';

let store: PixelStore;
beforeEach(() => {
  const folder = temporaryFolder();
  writeTinyStore(folder, 30);
  store = openPixelStore(folder);
  onTestFinished(() => store.close());
});

/** 26 samples: the store's slots 4 … 29. */
const slots = Array.from({ length: 26 }, (_, i) => i + 4);
const recipes = simclrViews('small', 16);

/** What a step gets from one that makes each batch when it is asked for it. */
function reader(seed = 1): { read(step: number): Tensors } {
  const source = { store, slots, batchSize: 8, recipes, seed };
  const filler = createBatchFiller(source);
  const { tensors } = sharedBatch(batchShapes(source, store.slotSize));
  return {
    read: (step) => {
      filler.fill(step, tensors, 0, 8);
      return tensors;
    },
  };
}
const indices = ({ indices: { data } }: Tensors): number[] => [...data];

describe('batches', () => {
  it('go through the samples once an epoch, in an order of its own, dropping what is left over', () => {
    const batches = reader();
    const epoch = (first: number): number[] => [0, 1, 2].flatMap((i) => indices(batches.read(first + i)));
    const [one, two] = [epoch(0), epoch(3)];
    expect(new Set(one).size).toBe(24);
    expect(new Set(two).size).toBe(24);
    expect(one).not.toEqual(two);
    expect(Math.max(...one, ...two)).toBe(25);
  });

  it('hold the pixels of their samples’ slots', () => {
    const batch = reader().read(4);
    const pixels = new Uint8Array(3 * 16 * 16);
    indices(batch).forEach((sample, i) => {
      store.readSlots([slots[sample]], pixels, new Int32Array(2));
      expect(batch.images.data.subarray(i * pixels.length, (i + 1) * pixels.length)).toEqual(pixels);
    });
  });

  it('depend on the seed and the step alone', () => {
    const [straight, jumped] = [reader(), reader()];
    for (let step = 0; step < 7; step++) straight.read(step);
    expect(valuesOf(jumped.read(7))).toEqual(valuesOf(straight.read(7)));
    expect(valuesOf(reader(2).read(7))).not.toEqual(valuesOf(straight.read(7)));
  });

  it('are the same made in parts', () => {
    const source = { store, slots, batchSize: 8, recipes, seed: 1 };
    const filler = createBatchFiller(source);
    const { tensors } = sharedBatch(batchShapes(source, store.slotSize));
    for (const [first, end] of [
      [5, 8],
      [0, 2],
      [2, 5],
    ]) {
      filler.fill(3, tensors, first, end);
    }
    expect(valuesOf(tensors)).toEqual(valuesOf(reader().read(3)));
  });

  it('draw each view of each step anew', () => {
    const batches = reader();
    const { 'view.0.geometry': first, 'view.1.geometry': second } = valuesOf(batches.read(0));
    expect(first).not.toEqual(second);
    expect(valuesOf(batches.read(1))['view.0.geometry']).not.toEqual(first);
  });
});
