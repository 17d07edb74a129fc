import { checkGraph } from '../engine/graph/checkGraph.ts';
import { feed, reduceSum } from '../engine/graph/ops.ts';
import { runningShare } from '../nn/layers.ts';
import { createVariables, rootScope, type Variables } from '../nn/variables.ts';
import { pixelsToFloat } from '../ssl/views/normalization.ts';
import { wholeImageView } from '../ssl/views/wholeImage.ts';
import { imageTensor } from '../training/imageTensor.ts';
import { encoderScope } from './classifierStep.ts';
import type { Executor, Program, Tensors } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Tensor } from '../engine/graph/node.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { Encoder } from '../nn/encoder.ts';

export interface NormStatisticsRequest {
  readonly executor: Executor;
  readonly store: PixelStore;
  readonly encoder: Encoder;
  readonly imageSize: number;
  /** Images to take the statistics of. */
  readonly slots: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

const largestBatch = 64;
/** More images than these change nothing. */
const mostBatches = 32;

/**
 * The encoder's weights with running means and variances taken anew, over whole images as inference sees them and with
 * the weights as they are at the end, instead of those that trailed behind the training on its crops (Wu & Johnson
 * 2021, "PreciseBN"): of few images each batch counts, and what inference is given must fit.
 */
export async function withFreshNormStatistics(
  weights: Tensors,
  request: NormStatisticsRequest,
): Promise<Record<string, Tensor>> {
  const { executor, encoder, store, imageSize, slots, signal } = request;
  const batches = Math.ceil(slots.length / largestBatch);
  const batchSize = Math.floor(slots.length / batches);
  const { graph, variables } = statisticsGraph(encoder, batchSize, store.slotSize, imageSize);
  const names = [...variables.updates.keys()];
  const program = await executor.compile(graph, { ...weights });
  const totals = new Map<string, Moments>();
  const count = Math.min(batches, mostBatches);
  try {
    for (let batch = 0; batch < count; batch++) {
      signal?.throwIfAborted();
      const part = slots.slice(batch * batchSize, (batch + 1) * batchSize);
      await addBatch(program, names, readBatch(store, part), totals);
    }
  } finally {
    await program.dispose();
  }
  return { ...weights, ...meanTensors(totals, count) };
}

/** Sums over batches, of a value and of its square. */
interface Moments {
  readonly sum: Float64Array;
  readonly squares: Float64Array;
}

function statisticsGraph(
  encoder: Encoder,
  batchSize: number,
  slotSize: number,
  imageSize: number,
): { graph: Graph; variables: Variables } {
  const variables = createVariables();
  const images = pixelsToFloat(feed('images', [batchSize, 3, slotSize, slotSize], 'uint8'));
  const view = wholeImageView(images, feed('sizes', [batchSize, 2], 'int32'), imageSize);
  const features = encoder.build(rootScope(variables, 'training').child(encoderScope), view);
  const graph: Graph = {
    outputs: { check: reduceSum(features) },
    updates: Object.fromEntries(variables.updates),
  };
  checkGraph(graph);
  return { graph, variables };
}

function readBatch(store: PixelStore, slots: readonly number[]): Tensors {
  const images = imageTensor(slots.length, store.slotSize);
  const sizes = new Int32Array(2 * slots.length);
  store.readSlots(slots, images.data, sizes);
  return { images, sizes: { dtype: 'int32', shape: [slots.length, 2], data: sizes } };
}

/** From buffers of zero a step leaves `runningShare` times the batch's own statistics in them. */
async function addBatch(
  program: Program,
  names: readonly string[],
  feeds: Tensors,
  totals: Map<string, Moments>,
): Promise<void> {
  const before = await program.read(names);
  const zeros = Object.entries(before).map(([name, tensor]) => [
    name,
    { ...tensor, data: new Float32Array(tensor.data.length) },
  ]);
  await program.load(Object.fromEntries(zeros) as Tensors);
  await program.step(feeds);
  for (const [name, { data }] of Object.entries(await program.read(names))) {
    const known = totals.get(name);
    const sum = known?.sum ?? new Float64Array(data.length);
    const squares = known?.squares ?? new Float64Array(data.length);
    data.forEach((share: number, i: number) => {
      const value = share / runningShare;
      sum[i] += value;
      squares[i] += value * value;
    });
    totals.set(name, { sum, squares });
  }
}

/** The variance over all batches: the mean of theirs, plus the variance of their means. */
function meanTensors(totals: ReadonlyMap<string, Moments>, count: number): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, { sum }] of totals) {
    const means = totals.get(name.replace(/running_var$/, 'running_mean'));
    const spread = (i: number): number =>
      name.endsWith('running_var') && means ? means.squares[i] / count - (means.sum[i] / count) ** 2 : 0;
    const data = Float32Array.from(sum, (total, i) => total / count + Math.max(0, spread(i)));
    tensors[name] = { dtype: 'float32', shape: [data.length], data };
  }
  return tensors;
}
