/** A thread of the decode pool: reads the portions that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import type { PoolAnswer, PoolRequest } from './decodePool.ts';
import { readPending, type ReadFile, type ReadOptions } from './readPending.ts';

const options = workerData as ReadOptions;

parentPort?.on('message', ({ id, files }: PoolRequest) => {
  void answer(id, files);
});

async function answer(id: number, files: PoolRequest['files']): Promise<void> {
  const read: ReadFile[] = [];
  for (const file of files) read.push(await readPending(file, options));
  parentPort?.postMessage({ id, read } satisfies PoolAnswer, read.flatMap(ownBuffers));
}

/** Given away instead of copied: nobody here needs them any more. */
function ownBuffers({ decoded }: ReadFile): ArrayBuffer[] {
  return [decoded?.pixels, decoded?.thumbnail?.bytes].flatMap((bytes) =>
    bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : [],
  );
}
