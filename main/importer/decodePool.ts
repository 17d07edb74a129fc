import { Worker } from 'node:worker_threads';
import { genoiseError } from '../../shared/errors.ts';
import { jobNouns } from '../../shared/jobs.ts';
import type { PendingFile, ReadFile, ReadOptions } from './readPending.ts';

/** Reads portions of files in threads of its own. */
export interface DecodePool {
  /** Starts the threads, where they are not running: it takes them a moment, in which something else can be done. */
  start(): void;
  /** The files of a portion, in its order. @throws worker-crashed when a thread ends unexpectedly */
  read(files: readonly PendingFile[], options: ReadOptions): Promise<readonly ReadFile[]>;
  close(): Promise<void>;
}

/** To a thread: a portion to read. */
export interface PoolRequest {
  readonly id: number;
  readonly files: readonly PendingFile[];
  readonly options: ReadOptions;
}

/** From a thread: the portion, read. */
export interface PoolAnswer {
  readonly id: number;
  readonly read: readonly ReadFile[];
}

/** What was decoded and handed on is given back when this is full: more of it is only memory that nobody uses. */
const youngMegabytes = 12;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, PromiseWithResolvers<readonly ReadFile[]>>;
}

/** A pool of `count` threads, which the first file starts at the latest. Each reads its portions at the same time: the disk's waits of one are the other's work. */
export function decodePool(count: number): DecodePool {
  const threads: Thread[] = [];
  let nextId = 0;
  const start = (): void => {
    while (threads.length < count) threads.push(startThread());
  };
  return {
    start,
    read(files, options) {
      start();
      const thread = threads.reduce((best, each) => (each.waiting.size < best.waiting.size ? each : best));
      const id = nextId++;
      const answer = Promise.withResolvers<readonly ReadFile[]>();
      thread.waiting.set(id, answer);
      thread.worker.postMessage({ id, files, options } satisfies PoolRequest);
      return answer.promise;
    },
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(): Thread {
  const worker = new Worker(new URL('./decodeThread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
  const waiting: Thread['waiting'] = new Map();
  const fail = (reason: string): void => {
    const error = genoiseError('worker-crashed', { job: jobNouns.import, reason });
    for (const answer of waiting.values()) answer.reject(error);
    waiting.clear();
  };
  worker.on('message', ({ id, read }: PoolAnswer) => {
    waiting.get(id)?.resolve(read);
    waiting.delete(id);
  });
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on('exit', (code) => fail(`a thread ended with code ${code}`));
  return { worker, waiting };
}
