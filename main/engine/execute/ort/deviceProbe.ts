/** The process that `devices.ts` starts: tries one device and prints how fast it was, or why it cannot be used. */
import { feed, matmul, reduceSum } from '../../graph/ops.ts';
import { ortExecutor } from './ortExecutor.ts';
import type { OrtDevice } from './sessionOptions.ts';

export type ProbeAnswer = { readonly gigaflops: number } | { readonly reason: string };

/** A small product shows whether it works and, roughly, how fast; only where that is quick a large one is timed. */
async function probe(device: OrtDevice): Promise<ProbeAnswer> {
  try {
    const small = await timedProduct(device, 128);
    const seconds = small.seconds < 0.05 ? await timedProduct(device, 1024) : small;
    return { gigaflops: Math.round((seconds.operations / seconds.seconds) * 1e-8) / 10 };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reason: message.includes('WebGPU adapter') ? 'no GPU that WebGPU can use was found' : message };
  }
}

/** The fastest of three x·x of [size, size]. Errors: the device cannot run it, or computes it wrongly. */
async function timedProduct(
  device: OrtDevice,
  size: number,
): Promise<{ readonly seconds: number; readonly operations: number }> {
  const x = feed('x', [size, size]);
  const graph = { outputs: { sum: reduceSum(matmul(x, x)) }, updates: {} };
  const program = await ortExecutor({ device }).compile(graph, {});
  const data = new Float32Array(size * size).fill(1 / size);
  const feeds = { x: { dtype: 'float32' as const, shape: [size, size], data } };
  let seconds = Infinity;
  for (let run = 0; run < 4; run++) {
    const start = performance.now();
    const { sum } = await program.step(feeds);
    // Every row of x sums to 1, and so does every row of x·x.
    if (!(Math.abs(sum.data[0] - size) < 0.01 * size)) throw new Error(`${device} computes wrongly`);
    // The first run compiles shaders.
    if (run > 0) seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  await program.dispose();
  return { seconds, operations: 2 * size ** 3 };
}

process.stdout.write(JSON.stringify(await probe(process.argv[2] === 'webgpu' ? 'webgpu' : 'cpu')));
