/** A thread of the decode pool: reads the portions that it is sent. */
import { flushCompileCache } from 'node:module';
import { parentPort } from 'node:worker_threads';
import type { PoolAnswer, PoolRequest } from './decodePool.ts';
import { portionMemory } from './portionMemory.ts';
import { readPending, type ReadFile } from './readPending.ts';

let answered = false;

parentPort?.on('message', (request: PoolRequest) => {
  void answer(request).then(() => {
    // This thread is ended from outside, and what it compiled would be lost.
    if (!answered) flushCompileCache();
    answered = true;
  });
});

async function answer({ id, files, options }: PoolRequest): Promise<void> {
  const memory = portionMemory(files.length, 3 * options.slotSize ** 2);
  const read: ReadFile[] = [];
  for (const file of files) {
    const one = readPending(file, options, memory);
    // Waiting for what is there already would cost as much as a tenth of reading it.
    read.push(one instanceof Promise ? await one : one);
  }
  parentPort?.postMessage({ id, read } satisfies PoolAnswer, [...new Set(read.flatMap(buffersOf))]);
}

/** Given away instead of copied: nobody here needs them any more. */
function buffersOf({ decoded }: ReadFile): ArrayBuffer[] {
  return [decoded?.pixels, decoded?.thumbnail?.bytes].flatMap((bytes) =>
    bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : [],
  );
}
