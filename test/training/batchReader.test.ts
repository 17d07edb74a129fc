import { rmSync, truncateSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openPixelStore, type PixelStore } from '../../main/importer/pixelStore.ts';
import { shardPath } from '../../main/importer/pixelStoreFormat.ts';
import { openPixelStoreWriter } from '../../main/importer/pixelStoreWriter.ts';
import { simclrViews } from '../../main/ssl/views/recipes.ts';
import { createBatchFiller } from '../../main/training/batchFiller.ts';
import { createBatchReader, type BatchReader, type ReadingOptions } from '../../main/training/batchReader.ts';
import { batchBytes, batchShapes, sharedBatch } from '../../main/training/sharedBatch.ts';
import { median } from '../bench/statistics.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { threadPorts } from '../helpers/threadPorts.ts';
import { writeTinyStore } from '../helpers/tinyTraining.ts';
import { valuesOf } from '../helpers/valuesOf.ts';

let folder: string;
let store: PixelStore;
beforeEach(() => {
  folder = temporaryFolder();
  writeTinyStore(folder, 30);
  openStore();
});

function openStore(): void {
  const opened = openPixelStore(folder);
  onTestFinished(() => opened.close());
  store = opened;
}

/** 26 samples: the store's slots 4 … 29. */
const slots = Array.from({ length: 26 }, (_, i) => i + 4);
const settings = { slots, batchSize: 8, recipes: simclrViews('small', 16), seed: 1 };
const bytes = batchBytes(batchShapes(settings, 16));

function reader(options: Partial<ReadingOptions> = {}): BatchReader {
  const batches = createBatchReader({ ...settings, store }, options);
  onTestFinished(() => batches.stop());
  return batches;
}

/** A step's batch, made in this thread when it is asked for. */
function plain(step: number): ReturnType<typeof valuesOf> {
  const { tensors } = sharedBatch(batchShapes(settings, 16));
  createBatchFiller({ ...settings, store }).fill(step, tensors, 0, 8);
  return valuesOf(tensors);
}

describe('a batch reader', () => {
  it('gives each step the batch that the plain one gives it, over epochs', async () => {
    const batches = reader();
    for (let step = 0; step < 8; step++) expect(valuesOf(await batches.read(step))).toEqual(plain(step));
  });

  it('gives the same where it begins, turns back and is started anew', async () => {
    const batches = reader();
    batches.prepare(5);
    expect(valuesOf(await batches.read(5))).toEqual(plain(5));
    expect(valuesOf(await batches.read(6))).toEqual(plain(6));
    expect(valuesOf(await batches.read(0))).toEqual(plain(0));
    await batches.stop();
    expect(valuesOf(await batches.read(1))).toEqual(plain(1));
  });

  it('gives a batch from shared memory, which stays while the next ones are read', async () => {
    const batches = reader();
    const { images, indices } = await batches.read(0);
    expect(images.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    const before = [...images.data];
    await setTimeout(100);
    expect([...images.data]).toEqual(before);
    expect([...indices.data]).toEqual(plain(0)['indices']);
  });

  it('starts small and reads further ahead, in more threads, on a slow disk, up to its memory', async () => {
    const batches = reader({ slotMilliseconds: 6, memoryBytes: 5 * bytes + 1 });
    expect(batches.reach).toEqual({ batches: 2, threads: 1 });
    for (let step = 0; step < 16; step++) expect(valuesOf(await batches.read(step))).toEqual(plain(step));
    expect(batches.reach.batches).toBe(5);
    expect(batches.reach.threads).toBeGreaterThan(1);
  });

  it('reads a slow disk four at a time', async () => {
    const batches = reader({ slotMilliseconds: 10 });
    const durations: number[] = [];
    for (let step = 0; step < 40; step++) {
      const begin = performance.now();
      await batches.read(step);
      durations.push(performance.now() - begin);
    }
    // One after the other they take 80 ms each.
    expect(median(durations.slice(-15))).toBeLessThan(45);
  });

  it('stays small where no step has to wait', async () => {
    const batches = reader();
    await batches.read(0);
    for (let step = 1; step < 5; step++) {
      await setTimeout(200);
      await batches.read(step);
    }
    expect(batches.reach.threads).toBe(1);
  });

  it('keeps to two batches where they are large', async () => {
    const batches = reader({ slotMilliseconds: 1, memoryBytes: 1 });
    for (let step = 0; step < 5; step++) expect(valuesOf(await batches.read(step))).toEqual(plain(step));
    expect(batches.reach.batches).toBe(2);
  });

  it('says in words that the store was cut off, or a part of it is gone', async () => {
    const path = shardPath(folder, 0);
    truncateSync(path, 4096 + 400);
    expect(await errorCode(() => reader().read(0))).toBe('damaged-project');
    rmSync(path);
    expect(await errorCode(() => reader().read(0))).toBe('damaged-project');
  });

  it('says that a shard has vanished', async () => {
    folder = temporaryFolder();
    const writer = openPixelStoreWriter(folder, { keep: 0, slotSize: 16, capacity: 16 });
    for (let i = 0; i < 30; i++) writer.append(new Uint8Array(3 * 16 * 16), 16, 16);
    writer.close();
    openStore();
    rmSync(shardPath(folder, 1));
    expect(await errorCode(() => reader().read(0))).toBe('damaged-project');
  });

  it('ends its threads, even in the middle of a read', async () => {
    const before = threadPorts();
    const batches = reader({ slotMilliseconds: 10_000 });
    const read = errorCode(() => batches.read(0));
    await setTimeout(50);
    expect(threadPorts()).toBeGreaterThan(before);
    const begin = performance.now();
    await batches.stop();
    expect(performance.now() - begin).toBeLessThan(3000);
    expect(await read).toBe('worker-crashed');
    expect(threadPorts()).toBe(before);
  });
});
