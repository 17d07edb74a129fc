/** The process that `devices.ts` starts: tries one device and prints how fast it was, or why it cannot be used. */
import { gradients } from '../../gradient/gradients.ts';
import { conv2d, feed, matmul, multiply, reduceSum, relu, square, state, subtract } from '../../graph/ops.ts';
import { elementCount } from '../../graph/shape.ts';
import { compileSteps } from '../compileSteps.ts';
import { ortExecutor } from './ortExecutor.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Node, Tensor } from '../../graph/node.ts';
import type { OrtDevice } from './sessionOptions.ts';

export type ProbeAnswer = { readonly gigaflops: number } | { readonly reason: string };

const devices: readonly OrtDevice[] = ['cpu', 'webgpu', 'cuda'];
/** Operations a second at which a training step would take longer than anybody waits: a GPU in software. */
const hopeless = 2e9;
/** With that of the other device two seconds decide. */
const trialMilliseconds = 1000;
const [images, channels, side] = [16, 64, 16];
/** Of the two convolutions forward, twice by their weights and once by their input. */
const operations = 5 * 2 * images * side ** 2 * channels ** 2 * 9;

async function probe(device: OrtDevice): Promise<ProbeAnswer> {
  try {
    const product = await productRate(device);
    const rate = product < hopeless ? product : await trainingRate(device);
    return { gigaflops: Number((rate * 1e-9).toPrecision(3)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reason: message.includes('WebGPU adapter') ? 'no GPU that WebGPU can use was found' : message };
  }
}

/**
 * Operations a second of one product of matrices, its way up and down included.
 * Errors: the device cannot run it, or computes it wrongly.
 */
async function productRate(device: OrtDevice): Promise<number> {
  const size = 256;
  const x = feed('x', [size, size]);
  const graph = { outputs: { sum: reduceSum(matmul(x, x)) }, updates: {} };
  const program = await ortExecutor({ device }).compile(graph, {});
  const data = new Float32Array(size * size).fill(1 / size);
  let milliseconds = Infinity;
  for (let run = 0; run < 3; run++) {
    const begin = performance.now();
    const { sum } = await program.step({ x: { dtype: 'float32', shape: [size, size], data } });
    // Every row of x sums to 1, and so does every row of x·x.
    if (!(Math.abs(sum.data[0] - size) < 0.01 * size)) throw new Error(`${device} computes wrongly`);
    // The first run compiles shaders.
    if (run > 0) milliseconds = Math.min(milliseconds, performance.now() - begin);
  }
  await program.dispose();
  return (2 * size ** 3) / (milliseconds / 1000);
}

/** Operations a second of training steps that follow each other as they do in a training. */
async function trainingRate(device: OrtDevice): Promise<number> {
  const program = await compileSteps(ortExecutor({ device }), trialGraph(), {
    first: filled([channels, channels, 3, 3]),
    second: filled([channels, channels, 3, 3]),
  });
  const feeds = { x: filled([images, channels, side, side]) };
  // The first one compiles shaders and asks for memory.
  await program.step(feeds);
  await program.flush();
  const begin = performance.now();
  let [steps, milliseconds] = [0, 0];
  while (milliseconds < trialMilliseconds) {
    for (let step = 0; step < 4 && milliseconds < trialMilliseconds; step++) {
      await program.step(feeds);
      steps++;
      milliseconds = performance.now() - begin;
    }
    await program.flush();
    milliseconds = performance.now() - begin;
  }
  await program.dispose();
  return (operations * steps) / (milliseconds / 1000);
}

/** Two convolutions as ResNets have them, and a step down their gradient. */
function trialGraph(): Graph {
  const x = feed('x', [images, channels, side, side]);
  const weights = ['first', 'second'].map((name) => state(name, [channels, channels, 3, 3]));
  const y = weights.reduce<Node>(
    (input, weight) => relu(conv2d(input, weight, { stride: 1, padding: 1 })),
    x,
  );
  const loss = reduceSum(square(y));
  const [first, second] = gradients(loss, weights).map((slope, i) =>
    subtract(weights[i], multiply(slope, 1e-12)),
  );
  return { outputs: { loss }, updates: { first, second } };
}

function filled(shape: readonly number[]): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => Math.sin(i) / 10);
  return { dtype: 'float32', shape, data };
}

const asked = devices.find((device) => device === process.argv[2]) ?? 'cpu';
process.stdout.write(JSON.stringify(await probe(asked)));
