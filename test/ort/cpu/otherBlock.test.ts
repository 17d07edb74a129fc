import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { blockSize } from '../../../main/engine/execute/ort/cpuLowering.ts';
import { sessionOptions } from '../../../main/engine/execute/ort/sessionOptions.ts';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { graphFeeds, graphStates, type Graph } from '../../../main/engine/graph/graph.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import { lowerCpu } from '../../../main/engine/lower/cpu/lowerCpu.ts';
import { randomTensor } from '../../helpers/tensors.ts';
import { valuesOf } from '../../helpers/valuesOf.ts';
import { runNodeByNode } from './nodeByNode.ts';
import type { Node, Tensor } from '../../../main/engine/graph/node.ts';

interface Network {
  readonly images: number;
  readonly channels: number;
  readonly size: number;
  readonly build: (x: Node, weight: (...shape: number[]) => Node) => Node;
}

const norm = (x: Node): Node => {
  const channels = Number(x.shape[1]);
  return ops.batchNorm(x, ops.full(1, [channels]), ops.full(0.1, [channels]));
};
const conv = (x: Node, w: Node, stride: number): Node =>
  ops.conv2d(x, w, { stride, padding: Math.floor(Number(w.shape[2]) / 2) });

/** Between them every formulation: block b is 8 or 16, `c` channels are one block. */
const networks = (c: number): Readonly<Record<string, Network>> => ({
  'a first layer of 3×3': {
    images: c,
    channels: 3,
    size: 6,
    build: (x, w) => norm(conv(x, w(c, 3, 3, 3), 1)),
  },
  'a first layer of 7×7 and its pooling': {
    ...{ images: c, channels: 3, size: 12 },
    build: (x, w) =>
      ops.maxPool2d(ops.tanh(norm(conv(x, w(c, 3, 7, 7), 2))), { kernel: 3, stride: 2, padding: 1 }),
  },
  'a block with a shortcut': {
    ...{ images: c, channels: c, size: 6 },
    build: (x, w) => {
      const pixels = conv(x, w(c, c, 1, 1), 1);
      const first = ops.tanh(norm(conv(pixels, w(2 * c, c, 3, 3), 2)));
      return ops.add(norm(conv(first, w(2 * c, 2 * c, 3, 3), 1)), norm(conv(pixels, w(2 * c, c, 1, 1), 2)));
    },
  },
  'a block that adds its input': {
    ...{ images: c, channels: c, size: 5 },
    build: (x, w) => {
      const pixels = conv(x, w(c, c, 1, 1), 1);
      return ops.add(norm(conv(pixels, w(c, c, 3, 3), 1)), pixels);
    },
  },
  'small images side by side': {
    ...{ images: 2 * c, channels: c, size: 2 },
    build: (x, w) => norm(conv(norm(conv(x, w(c, c, 1, 1), 1)), w(c, c, 3, 3), 1)),
  },
  'rows in strips': { images: c, channels: 3, size: 32, build: (x, w) => conv(x, w(c, 3, 3, 3), 1) },
  'channels that fit no block': {
    ...{ images: c, channels: c, size: 4 },
    build: (x, w) => conv(norm(conv(x, w(c + 1, c, 3, 3), 1)), w(c, c + 1, 3, 3), 1),
  },
  'images that fit no block': { images: 3, channels: c, size: 4, build: (x, w) => conv(x, w(c, c, 3, 3), 1) },
});

/** The features, and each weight less its gradient. */
function trainingGraph({ images, channels, size, build }: Network): Graph {
  const weights: Node[] = [];
  const weight = (...shape: number[]): Node => {
    const node = ops.state(`w${weights.length}`, shape);
    weights.push(node);
    return node;
  };
  const y = build(ops.feed('x', [images, channels, size, size]), weight);
  const loss = ops.reduceMean(ops.square(ops.add(y, ops.reduceMean(y, [2, 3], true))));
  const moved = gradients(loss, weights).map(
    (slope, i) => [`w${i}`, ops.subtract(weights[i], slope)] as const,
  );
  return { outputs: { y, loss }, updates: Object.fromEntries(moved) };
}

function inputsOf(graph: Graph): { feeds: Record<string, Tensor>; states: Record<string, Tensor> } {
  const values = (nodes: Iterable<[string, Node]>, range: number): Record<string, Tensor> =>
    Object.fromEntries(
      [...nodes].map(([name, { shape }], i) => [name, randomTensor(shape.map(Number), i, -range, range)]),
    );
  return { feeds: values(graphFeeds(graph), 1), states: values(graphStates(graph), 0.4) };
}

type Results = Readonly<Record<string, readonly number[]>>;

async function expectedResults(graph: Graph): Promise<Results> {
  const { feeds, states } = inputsOf(graph);
  const program = await referenceExecutor.compile(graph, states);
  return valuesOf({ ...(await program.step(feeds)), ...(await program.read()) });
}

async function loweredResults(graph: Graph, block: number, run: typeof runNodeByNode): Promise<Results> {
  const { feeds, states } = inputsOf(graph);
  const lowered = lowerCpu(graph, block);
  const inputs: Record<string, OrtTensor> = {};
  for (const [name, port] of lowered.feeds)
    inputs[port.name] = new OrtTensor('float32', Float32Array.from(feeds[name].data), port.shape.map(Number));
  for (const [name, port] of lowered.states) {
    const data = lowered.orders?.get(name)?.fromRowMajor(states[name].data) ?? states[name].data;
    inputs[port.name] = new OrtTensor('float32', Float32Array.from(data), port.shape.map(Number));
  }
  const values = await run(lowered.model, inputs, block);
  const plain = [...lowered.outputs, ...lowered.updates].map(([name, port]) => {
    const data = values.get(port.name)?.data as Float32Array;
    const order = lowered.updates.has(name) ? lowered.orders?.get(name) : undefined;
    return [name, [...(order ? order.toRowMajor(data) : data)]] as const;
  });
  return Object.fromEntries(plain);
}

async function runWhole(
  model: Uint8Array,
  inputs: Readonly<Record<string, OrtTensor>>,
): Promise<Map<string, OrtTensor>> {
  const session = await InferenceSession.create(
    model,
    sessionOptions({ device: 'cpu', threads: 1, spinning: false }),
  );
  const results = await session.run(inputs);
  await session.release();
  return new Map(Object.entries(results));
}

function expectClose(actual: Results, expected: Results): void {
  for (const [name, values] of Object.entries(expected)) {
    expect([name, actual[name]?.length]).toEqual([name, values.length]);
    let [largest, scale] = [0, 1e-3];
    values.forEach((value, i) => {
      const error = Math.abs(actual[name][i] - value);
      largest = Math.max(largest, Number.isNaN(error) ? Infinity : error);
      scale = Math.max(scale, Math.abs(value));
    });
    expect([name, largest / scale < 1e-5]).toEqual([name, true]);
  }
}

describe('blocks of 8, by reference kernels', () => {
  it.each(Object.keys(networks(8)))('compute as the reference does: %s', async (name) => {
    const graph = trainingGraph(networks(8)[name]);
    expectClose(await loweredResults(graph, 8, runNodeByNode), await expectedResults(graph));
  });
});

describe('the reference kernels', async () => {
  const block = await blockSize();
  it.each(Object.keys(networks(block)))('compute as ONNX Runtime does: %s', async (name) => {
    const graph = trainingGraph(networks(block)[name]);
    const byKernels = await loweredResults(graph, block, runNodeByNode);
    expectClose(byKernels, await loweredResults(graph, block, runWhole));
  });
});
