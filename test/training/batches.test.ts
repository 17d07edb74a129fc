import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openPixelStore, type PixelStore } from '../../main/importer/pixelStore.ts';
import { simclrViews } from '../../main/ssl/views/recipes.ts';
import { createBatchReader, type BatchReader } from '../../main/training/batches.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { writeTinyStore } from '../helpers/tinyTraining.ts';
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
const reader = (seed = 1): BatchReader =>
  createBatchReader({ store, slots, batchSize: 8, recipes: simclrViews('small', 16), seed });
const indices = ({ indices: { data } }: Tensors): number[] => [...data];

describe('batches', () => {
  it('go through the samples once an epoch, in an order of its own, dropping what is left over', () => {
    const batches = reader();
    expect(batches.stepsPerEpoch).toBe(3);
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
    const copy = (batch: Tensors): unknown => structuredClone(batch);
    expect(copy(jumped.read(7))).toEqual(copy(straight.read(7)));
    expect(copy(reader(2).read(7))).not.toEqual(copy(straight.read(7)));
  });

  it('draw each view of each step anew', () => {
    const batches = reader();
    const { 'view.0.geometry': first, 'view.1.geometry': second } = structuredClone(batches.read(0));
    expect(first.data).not.toEqual(second.data);
    expect(batches.read(1)['view.0.geometry'].data).not.toEqual(first.data);
  });
});
