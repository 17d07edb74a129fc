import { setImmediate } from 'node:timers/promises';
import { checkGraph } from '../engine/graph/checkGraph.ts';
import { feed } from '../engine/graph/ops.ts';
import { createVariables, rootScope } from '../nn/variables.ts';
import { pixelsToFloat } from '../ssl/views/normalization.ts';
import { wholeImageView } from '../ssl/views/wholeImage.ts';
import { imageTensor } from './imageTensor.ts';
import type { Executor, Program, Tensors } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { Encoder } from '../nn/encoder.ts';
import type { Features } from './knn.ts';

export interface EmbedderOptions {
  readonly encoder: Pick<Encoder, 'featureCount' | 'build'>;
  /** The encoder's state by its names in a checkpoint (`encoder.conv1.weight` …); others are ignored. */
  readonly weights: Tensors;
  readonly store: PixelStore;
  readonly imageSize: number;
  readonly executor: Executor;
  /** Images at a time. */
  readonly batchSize?: number;
}

/** A compiled encoder in inference mode. */
export interface Embedder {
  /** Features of whole images, row i of slot `slots[i]`. Stops between batches when `signal` is aborted. */
  embed(slots: readonly number[], signal?: AbortSignal): Promise<Features>;
  /** Takes other weights of the same encoder. */
  load(weights: Tensors): Promise<void>;
  dispose(): Promise<void>;
}

export async function createEmbedder(options: EmbedderOptions): Promise<Embedder> {
  const { encoder, weights, store, imageSize, executor, batchSize = 64 } = options;
  const { graph, names } = embeddingGraph(encoder, batchSize, store.slotSize, imageSize);
  const program = await executor.compile(graph, pick(weights, names));
  const images = imageTensor(batchSize, store.slotSize);
  const read = (slots: readonly number[]): Tensors => {
    const sizes = new Int32Array(2 * batchSize);
    // The last batch is filled up with repeats, whose rows are dropped.
    store.readSlots(
      Array.from({ length: batchSize }, (_, i) => slots[Math.min(i, slots.length - 1)]),
      images.data,
      sizes,
    );
    return { images, sizes: { dtype: 'int32', shape: [batchSize, 2], data: sizes } };
  };
  return {
    embed: (slots, signal) =>
      embedBatches({ program, read, slots, batchSize, size: encoder.featureCount }, signal),
    load: (next) => program.load(pick(next, names)),
    dispose: () => program.dispose(),
  };
}

/** Features of whole images under given weights, once: float32 [n, d], row i of slot `slots[i]`. */
export async function embedSlots(
  options: EmbedderOptions,
  slots: readonly number[],
  signal?: AbortSignal,
): Promise<Features> {
  const embedder = await createEmbedder(options);
  try {
    return await embedder.embed(slots, signal);
  } finally {
    await embedder.dispose();
  }
}

function embeddingGraph(
  encoder: EmbedderOptions['encoder'],
  batchSize: number,
  slotSize: number,
  imageSize: number,
): { graph: Graph; names: readonly string[] } {
  const variables = createVariables();
  const images = pixelsToFloat(feed('images', [batchSize, 3, slotSize, slotSize], 'uint8'));
  const view = wholeImageView(images, feed('sizes', [batchSize, 2], 'int32'), imageSize);
  const features = encoder.build(rootScope(variables, 'inference').child('encoder'), view);
  const graph: Graph = { outputs: { features }, updates: {} };
  checkGraph(graph);
  return { graph, names: [...variables.declared.keys()] };
}

interface Embedding {
  readonly program: Program;
  readonly read: (slots: readonly number[]) => Tensors;
  readonly slots: readonly number[];
  readonly batchSize: number;
  readonly size: number;
}

async function embedBatches(
  { program, read, slots, batchSize, size }: Embedding,
  signal: AbortSignal | undefined,
): Promise<Features> {
  const data = new Float32Array(slots.length * size);
  for (let start = 0; start < slots.length; start += batchSize) {
    // A step blocks the thread: without this no message would ever arrive.
    await setImmediate();
    signal?.throwIfAborted();
    const part = slots.slice(start, start + batchSize);
    const { features } = await program.step(read(part));
    data.set(features.data.subarray(0, part.length * size), start * size);
  }
  return { data, count: slots.length, size };
}

function pick(weights: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(
    names.map((name) => {
      const tensor = weights[name];
      if (!tensor) throw new Error(`the weights lack "${name}"`);
      return [name, tensor];
    }),
  );
}
