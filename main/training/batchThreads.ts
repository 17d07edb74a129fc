import { Worker } from 'node:worker_threads';
import { errorFromPlain, genoiseError, type PlainError } from '../../shared/errors.ts';
import type { ViewRecipe } from '../ssl/views/recipe.ts';
import { armBatch, type SharedBatch } from './sharedBatch.ts';

/** What a thread needs to make any part of any batch of a run. */
export interface BatchThreadData {
  /** Of the pixel store, in which there were `slotCount` slots of `slotSize` when the run opened it. */
  readonly folder: string;
  readonly slotCount: number;
  readonly slotSize: number;
  /** On shared memory, for all threads. */
  readonly slots: Int32Array;
  readonly batchSize: number;
  /** As in `BatchSource`. */
  readonly stepsPerEpoch?: number | undefined;
  readonly recipes: readonly ViewRecipe[];
  readonly seed: number;
  /** Waited for each slot: 0, but for tests of slow disks. */
  readonly slotMilliseconds: number;
}

/** To each thread: a step's batch is wanted; it takes parts of it until all are taken. */
export interface BatchRequest {
  readonly id: number;
  readonly step: number;
  readonly memory: SharedArrayBuffer;
}

/** From the thread that wrote the last part of a batch, or failed to write one. */
export interface BatchAnswer {
  readonly id: number;
  readonly error: PlainError | null;
}

/** The threads that read ahead for one run. */
export interface BatchThreads {
  /** Starts so many in all, where they are fewer. They help with what was asked for already. */
  grow(count: number): void;
  /**
   * Settles when a step's batch is written, or cannot be.
   * @throws damaged-project, worker-crashed, internal
   */
  fill(step: number, batch: SharedBatch): Promise<void>;
  /** Ends them at once; what was not answered is rejected. */
  end(): Promise<void>;
}

interface Waiting {
  readonly request: BatchRequest;
  readonly answer: PromiseWithResolvers<void>;
}

export function createBatchThreads(data: BatchThreadData): BatchThreads {
  let threads: Worker[] = [];
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  const settle = (id: number, error: Error | null): void => {
    const answer = waiting.get(id)?.answer;
    waiting.delete(id);
    if (error) answer?.reject(error);
    else answer?.resolve();
  };
  const fail = (reason: string): void => {
    const error = genoiseError('worker-crashed', { job: 'training', reason: `reading images: ${reason}` });
    for (const id of waiting.keys()) settle(id, error);
  };
  const start = (): Worker => {
    const worker = startThread(data);
    worker.on('message', ({ id, error }: BatchAnswer) => settle(id, error && errorFromPlain(error)));
    worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => {
      // An ended thread that others have followed is no news.
      if (threads.includes(worker)) fail(`a thread ended with code ${code}`);
    });
    for (const { request } of waiting.values()) worker.postMessage(request);
    return worker;
  };
  return {
    grow: (count) => {
      while (threads.length < count) threads.push(start());
    },
    fill: (step, batch) => {
      armBatch(batch, step);
      const request: BatchRequest = { id: nextId++, step, memory: batch.memory };
      const answer = Promise.withResolvers<void>();
      waiting.set(request.id, { request, answer });
      for (const thread of threads) thread.postMessage(request);
      return answer.promise;
    },
    end: async () => {
      const ended = threads;
      threads = [];
      fail('it was ended');
      await Promise.all(ended.map((thread) => thread.terminate()));
    },
  };
}

function startThread(data: BatchThreadData): Worker {
  return new Worker(new URL('./batchThread.ts', import.meta.url), {
    workerData: data,
    // What it makes it hands on at once: more room for young objects is only memory that nobody uses.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
}
