/** A thread that reads batches ahead of the step: it writes the parts that it is told to into shared memory. */
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { errorToPlain, genoiseError } from '../../shared/errors.ts';
import { openPixelStore, type PixelStore } from '../importer/pixelStore.ts';
import { createBatchFiller, type BatchFiller } from './batchFiller.ts';
import {
  batchShapes,
  finishPart,
  partCount,
  sharedBatch,
  takePart,
  type SharedBatch,
} from './sharedBatch.ts';
import type { BatchAnswer, BatchRequest, BatchThreadData } from './batchThreads.ts';

const data = workerData as BatchThreadData;
const shapes = batchShapes(data, data.slotSize);
let filler: BatchFiller | undefined;

// Ended from outside, which closes its files too.
parentPort?.on('message', (request: BatchRequest) => {
  const answer = answerTo(request);
  if (answer) parentPort?.postMessage(answer);
});

/** Only who ends the batch answers, or who cannot go on. */
function answerTo({ id, step, memory }: BatchRequest): BatchAnswer | null {
  try {
    return writeParts(step, sharedBatch(shapes, memory)) ? { id, error: null } : null;
  } catch (error) {
    return { id, error: errorToPlain(error) };
  }
}

/** @returns whether it wrote the last part */
function writeParts(step: number, batch: SharedBatch): boolean {
  const rowsBefore = (part: number): number => Math.floor((part * data.batchSize) / partCount);
  let isLast = false;
  for (let part = takePart(batch, step); part !== null; part = takePart(batch, step)) {
    fillerOnce().fill(step, batch.tensors, rowsBefore(part), rowsBefore(part + 1));
    isLast = finishPart(batch);
  }
  return isLast;
}

function fillerOnce(): BatchFiller {
  if (filler) return filler;
  filler = createBatchFiller({ ...data, store: openStore() });
  // What was compiled would be lost with a thread that is ended from outside.
  setImmediate(flushCompileCache);
  return filler;
}

function openStore(): PixelStore {
  const { folder, slotCount, slotMilliseconds } = data;
  const store = openPixelStore(folder);
  if (store.count >= slotCount) return slotMilliseconds > 0 ? slowed(store, slotMilliseconds) : store;
  throw genoiseError('damaged-project', { folder, reason: 'the pixel store: a part of it is gone' });
}

/** As on a disk that takes so long for each slot. */
function slowed(store: PixelStore, milliseconds: number): PixelStore {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  return {
    ...store,
    readSlots: (slots, into, sizes) => {
      store.readSlots(slots, into, sizes);
      Atomics.wait(nobody, 0, 0, milliseconds * slots.length);
    },
  };
}
