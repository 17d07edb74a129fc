import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { openPixelStore, type PixelStore } from '../../main/importer/pixelStore.ts';
import { simclrViews } from '../../main/ssl/views/recipes.ts';
import { createBatchFiller } from '../../main/training/batchFiller.ts';
import { createBatchReader, type Reach } from '../../main/training/batchReader.ts';
import { pretrain } from '../../main/training/pretrain.ts';
import { batchShapes, sharedBatch } from '../../main/training/sharedBatch.ts';
import { forgetStore, noiseStore } from './readingStore.ts';
import { machine, say, type BenchResult } from './report.ts';

export interface ReadingBenchOptions {
  /** Slots of 32 px; a fifth as many have 128 px. */
  readonly images: number;
  readonly batch: number;
  /** Milliseconds of the pretended step. */
  readonly step: number;
  readonly steps: number;
  /** Milliseconds a slot on the pretended slow disk. */
  readonly slow: number;
  /** Keeps the generated stores there. */
  readonly stores?: string;
}

interface Reading {
  readonly what: string;
  /** Of the time of all steps after the first. */
  readonly waitingShare: number;
  readonly imagesPerSecond: number;
  readonly firstMilliseconds: number | null;
  readonly reach: Reach | null;
}

type Source = Parameters<typeof createBatchReader>[0];

/** What share of a training's time is spent waiting for batches, with nothing of the store in memory. */
export async function benchReading(options: ReadingBenchOptions): Promise<readonly BenchResult[]> {
  const { images, step, steps, batch, slow } = options;
  const parent = options.stores ?? mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  try {
    const small = noiseStore(parent, images, 32);
    const large = noiseStore(parent, Math.round(images / 5), 128);
    say(`Machine: ${machine()}. Batches of ${batch}; the pretended step takes ${step} ms and no processor.`);
    const readings: Reading[] = [];
    const add = (reading: Reading): void => {
      readings.push(reading);
      say(describe(reading));
    };
    for (const [name, folder] of [
      [`${images} slots of 32 px`, small],
      [`${Math.round(images / 5)} slots of 128 px`, large],
    ] as const) {
      const cold = (): string => (forgetStore(folder) ? 'cold' : 'warm: dd cannot empty the cache');
      add(await inStepsThread(`${name}, ${cold()}, read between the steps`, folder, options));
      add(await ahead(`${name}, ${cold()}, read ahead`, folder, options));
      add(await ahead(`${name}, warm, read ahead`, folder, options));
    }
    add(await ahead(`32 px, ${slow} ms a slot, first ${steps} steps`, small, options, { slow }));
    add(
      await ahead(`32 px, ${slow} ms a slot, the ${steps} after them`, small, options, { slow, skip: steps }),
    );
    add(
      await inTraining(
        `32 px, ${forgetStore(small) ? 'cold' : 'warm'}, SimCLR as the app trains`,
        small,
        options,
      ),
    );
    return readings.map(toResult);
  } finally {
    if (options.stores === undefined) rmSync(parent, { recursive: true, force: true });
  }
}

function sourceOf(store: PixelStore, batchSize: number): Source {
  const slots = Int32Array.from({ length: store.count }, (_, i) => i);
  return { store, slots, batchSize, recipes: simclrViews('small', 32), seed: Date.now() % 2 ** 31 };
}

/** How it was before there were threads for it: the step's own thread reads. */
async function inStepsThread(what: string, folder: string, options: ReadingBenchOptions): Promise<Reading> {
  const store = openPixelStore(folder);
  try {
    const source = sourceOf(store, options.batch);
    const filler = createBatchFiller(source);
    const { tensors } = sharedBatch(batchShapes(source, store.slotSize));
    const measured = await timeSteps((step) => filler.fill(step, tensors, 0, options.batch), options);
    return { what, ...measured, reach: null };
  } finally {
    store.close();
  }
}

async function ahead(
  what: string,
  folder: string,
  options: ReadingBenchOptions,
  { slow = 0, skip = 0 } = {},
): Promise<Reading> {
  const store = openPixelStore(folder);
  const batches = createBatchReader(sourceOf(store, options.batch), { slotMilliseconds: slow });
  try {
    const measured = await timeSteps((step) => batches.read(step), options, skip);
    return { what, ...measured, reach: batches.reach };
  } finally {
    await batches.stop();
    store.close();
  }
}

async function timeSteps(
  read: (step: number) => unknown,
  { step: stepMilliseconds, steps, batch }: ReadingBenchOptions,
  skip = 0,
): Promise<Omit<Reading, 'what' | 'reach'>> {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const timeOne = async (step: number): Promise<number> => {
    const begin = performance.now();
    await read(step);
    const waited = performance.now() - begin;
    // As a step on the CPU: it blocks the thread, and then lets messages come.
    Atomics.wait(nobody, 0, 0, stepMilliseconds);
    await new Promise((resolve) => setImmediate(resolve));
    return waited;
  };
  const firstMilliseconds = await timeOne(0);
  for (let step = 1; step <= skip; step++) await timeOne(step);
  const begin = performance.now();
  let waited = 0;
  for (let step = 1; step <= steps; step++) waited += await timeOne(skip + step);
  const total = performance.now() - begin;
  return { waitingShare: waited / total, imagesPerSecond: (1000 * steps * batch) / total, firstMilliseconds };
}

/** A real run, a quarter of the width, as the app does it on the CPU; it is stopped after some steps. */
async function inTraining(what: string, folder: string, options: ReadingBenchOptions): Promise<Reading> {
  const steps = Math.min(options.steps, 30);
  const checkpointFolder = mkdtempSync(join(tmpdir(), 'genoise-bench-'));
  const controller = new AbortController();
  let last = { waitingShare: NaN, imagesPerSecond: NaN };
  try {
    await pretrain(
      {
        ...{ runId: 1, pixelFolder: folder, checkpointFolder, method: 'simclr', settings: {} },
        ...{ encoder: { name: 'resnet18', width: 0.25 }, imageSize: 32, batchSize: options.batch, epochs: 1 },
        ...{ minutes: null, learningRate: null, seed: 1, preset: 'natural', memoryBytes: 16e9 },
        slots: Array.from({ length: options.images }, (_, i) => i),
        labelled: { slots: [], classes: [] },
        ...{ resume: false, appVersion: '0.0.0' },
      },
      {
        executor: ortExecutor({ device: 'cpu', threads: 2 }),
        signal: controller.signal,
        progressSeconds: 0,
        report: (event) => {
          if (event.kind !== 'progress') return;
          last = event;
          if (event.step >= steps) controller.abort();
        },
      },
    );
  } finally {
    rmSync(checkpointFolder, { recursive: true, force: true });
  }
  const { waitingShare, imagesPerSecond } = last;
  return { what, waitingShare, imagesPerSecond, firstMilliseconds: null, reach: null };
}

function describe({ what, waitingShare, imagesPerSecond, firstMilliseconds, reach }: Reading): string {
  const parts = [`${(100 * waitingShare).toFixed(1)} % waiting`, `${imagesPerSecond.toFixed(0)} images/s`];
  if (firstMilliseconds !== null) parts.push(`first batch after ${firstMilliseconds.toFixed(0)} ms`);
  if (reach) parts.push(`${reach.batches} batches, ${reach.threads} threads`);
  return `${what}: ${parts.join(', ')}`;
}

function toResult({ what, waitingShare, ...details }: Reading): BenchResult {
  return {
    bench: `reading: ${what}`,
    ratio: null,
    ours: Number((100 * waitingShare).toFixed(2)),
    theirs: null,
    unit: '% of the time waiting',
    runs: 1,
    spread: { ours: [], theirs: [] },
    details,
  };
}
