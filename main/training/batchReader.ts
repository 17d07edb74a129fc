import { batchBytes, batchShapes, isWhole, partCount, sharedBatch, type SharedBatch } from './sharedBatch.ts';
import { createBatchThreads, type BatchThreadData } from './batchThreads.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { BatchSource } from './batchFiller.ts';

/** Reads the batches of a run, in threads of its own, ahead of the step. */
export interface BatchReader {
  /** How far it reads ahead by now. */
  readonly reach: Reach;
  /** Begins to read what `read(step)` will ask for. */
  prepare(step: number): void;
  /**
   * The feeds `images`, `indices` and `view.*` of a step, in shared memory. They are overwritten after the next call.
   * @throws damaged-project when a part of the store is gone, worker-crashed when a thread ended by itself
   */
  read(step: number): Promise<Tensors>;
  /** Ends the threads and gives their memory back, now or after `read` has settled. A later `read` starts anew. */
  stop(): Promise<void>;
}

export interface Reach {
  /** In memory at most: the one of the present step, and those ahead of it. */
  readonly batches: number;
  readonly threads: number;
}

export interface ReadingOptions {
  /** Memory that batches may fill; two are always allowed. */
  readonly memoryBytes: number;
  /** Waited for each slot, as on a slow disk: for tests. */
  readonly slotMilliseconds: number;
}

/** What batches may fill by default. */
const batchMemoryBytes = 64 * 2 ** 20;

interface AheadBatch {
  readonly step: number;
  readonly batch: SharedBatch;
  readonly arrived: Promise<void>;
}

/**
 * Starts with one batch ahead of the step and one thread. Each time that a step had to wait, twice as many batches are
 * read ahead, by one thread more: a slow disk answers several at a time sooner than one by one.
 */
export function createBatchReader(
  source: BatchSource,
  { memoryBytes = batchMemoryBytes, slotMilliseconds = 0 }: Partial<ReadingOptions> = {},
): BatchReader {
  const shapes = batchShapes(source, source.store.slotSize);
  const mostBatches = Math.max(2, Math.floor(memoryBytes / batchBytes(shapes)));
  const threads = createBatchThreads(threadData(source, slotMilliseconds));
  let waits = 0;
  const reach = (): Reach => ({
    batches: Math.min(1 + 2 ** waits, mostBatches),
    threads: Math.min(1 + waits, partCount),
  });
  let ahead: AheadBatch[] = [];
  let free: SharedBatch[] = [];
  let current: SharedBatch | undefined;

  /** All threads are told at once, so that they go on while a step blocks this one. */
  const readAhead = (first: number): void => {
    const { batches, threads: count } = reach();
    threads.grow(count);
    for (let step = (ahead.at(-1)?.step ?? first - 1) + 1; ahead.length < batches; step++) {
      const batch = free.pop() ?? sharedBatch(shapes);
      const arrived = threads.fill(step, batch);
      // Told by the `read` of that step; there may be none.
      arrived.catch(() => undefined);
      ahead.push({ step, batch, arrived });
    }
  };
  /** Another step is wanted than the one after the last. */
  const turnTo = async (step: number): Promise<void> => {
    const dropped = ahead.splice(0);
    const outcomes = await Promise.allSettled(dropped.map(({ arrived }) => arrived));
    // Where one failed, a thread may be writing still.
    free.push(...dropped.filter((_, i) => outcomes[i].status === 'fulfilled').map(({ batch }) => batch));
    readAhead(step);
  };
  let isFirst = true;
  const read = async (step: number): Promise<Tensors> => {
    if (current) free.push(current);
    current = undefined;
    if (ahead.length > 0 && ahead[0].step !== step) {
      isFirst = true;
      await turnTo(step);
    } else readAhead(step);
    const [{ batch, arrived }] = ahead.splice(0, 1);
    current = batch;
    if (!isWhole(batch)) {
      // Nobody could have had the first batch ready.
      if (!isFirst) waits++;
      await arrived;
    }
    isFirst = false;
    return batch.tensors;
  };
  return {
    get reach() {
      return reach();
    },
    prepare: readAhead,
    read,
    stop: async () => {
      [ahead, free, current, isFirst] = [[], [], undefined, true];
      await threads.end();
    },
  };
}

function threadData(
  { store, slots, batchSize, stepsPerEpoch, recipes, seed }: BatchSource,
  slotMilliseconds: number,
): BatchThreadData {
  const shared = new Int32Array(new SharedArrayBuffer(4 * slots.length));
  shared.set(slots);
  return {
    folder: store.folder,
    slotCount: store.count,
    slotSize: store.slotSize,
    slots: shared,
    batchSize,
    stepsPerEpoch,
    recipes,
    seed,
    slotMilliseconds,
  };
}
