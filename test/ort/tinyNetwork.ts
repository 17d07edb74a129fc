import { gradients } from '../../main/engine/gradient/gradients.ts';
import { batchStatistics } from '../../main/engine/graph/batchStatistics.ts';
import * as ops from '../../main/engine/graph/ops.ts';
import { integers, randomTensor } from '../helpers/tensors.ts';
import type { Executor, Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';
import type { Node, Tensor } from '../../main/engine/graph/node.ts';

/** Two convolutions with batch normalisation, a pooling and a linear layer, trained by SGD with momentum. */
const parameterShapes = {
  'conv1.weight': [6, 3, 3, 3],
  'norm1.scale': [6],
  'norm1.shift': [6],
  'conv2.weight': [8, 6, 3, 3],
  'norm2.scale': [8],
  'norm2.shift': [8],
  'linear.weight': [4, 8],
} as const;

const batch = 6;

export function tinyTrainingGraph(): Graph {
  const image = ops.feed('image', [batch, 3, 10, 10], 'uint8');
  const label = ops.feed('label', [batch], 'int32');
  const rate = ops.feed('rate', []);
  const parameters = Object.fromEntries(
    Object.entries(parameterShapes).map(([name, shape]) => [name, ops.state(name, shape)]),
  );
  const x = ops.multiply(ops.cast(image, 'float32'), 1 / 255);
  const first = ops.conv2d(x, parameters['conv1.weight'], { stride: 1, padding: 1 });
  const loss = crossEntropy(logits(first, parameters), label);
  const { mean } = batchStatistics(first, 1e-5);
  const running = ops.state('running', [6]);
  return {
    outputs: { loss },
    updates: {
      ...momentumUpdates(loss, parameters, rate),
      running: ops.add(ops.multiply(running, 0.9), ops.multiply(mean, 0.1)),
    },
  };
}

function logits(first: Node, parameters: Readonly<Record<string, Node>>): Node {
  const norm = (x: Node, name: string): Node =>
    ops.relu(ops.batchNorm(x, parameters[`${name}.scale`], parameters[`${name}.shift`]));
  const pooled = ops.maxPool2d(norm(first, 'norm1'), { kernel: 3, stride: 2, padding: 1 });
  const second = norm(ops.conv2d(pooled, parameters['conv2.weight'], { stride: 2, padding: 1 }), 'norm2');
  return ops.matmul(ops.reduceMean(second, [2, 3]), parameters['linear.weight'], { transposeB: true });
}

function crossEntropy(scores: Node, label: Node): Node {
  const classes = ops.constant(Int32Array.of(0, 1, 2, 3), [1, 4], 'int32');
  const target = ops.equal(ops.reshape(label, [batch, 1]), classes);
  const picked = ops.reduceSum(ops.multiply(scores, target), [1]);
  return ops.reduceMean(ops.subtract(ops.logSumExp(scores, [1]), picked));
}

function momentumUpdates(
  loss: Node,
  parameters: Readonly<Record<string, Node>>,
  rate: Node,
): Record<string, Node> {
  const names = Object.keys(parameters);
  const slopes = gradients(loss, Object.values(parameters));
  return Object.fromEntries(
    names.flatMap((name, i) => {
      const momentum = ops.add(
        ops.multiply(ops.state(`${name}.momentum`, parameterShape(name)), 0.9),
        slopes[i],
      );
      const moved = ops.subtract(parameters[name], ops.multiply(momentum, rate));
      return [[`${name}.momentum`, momentum] as const, [name, moved] as const];
    }),
  );
}

function parameterShape(name: string): readonly number[] {
  return parameterShapes[name as keyof typeof parameterShapes];
}

/** The losses of `steps` steps on one batch. */
export async function trainTinyNetwork(executor: Executor, steps: number): Promise<number[]> {
  const program = await executor.compile(tinyTrainingGraph(), tinyNetworkState());
  const feeds = tinyNetworkFeeds(77);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) losses.push((await program.step(feeds)).loss.data[0]);
  await program.dispose();
  return losses;
}

/** A batch: other pixels for another seed. */
export function tinyNetworkFeeds(seed: number): Tensors {
  const pixels = randomTensor([batch, 3, 10, 10], seed, 0, 256);
  return {
    image: { dtype: 'uint8', shape: pixels.shape, data: Uint8Array.from(pixels.data) },
    label: integers([0, 1, 2, 3, 1, 0]),
    rate: { dtype: 'float32', shape: [], data: Float32Array.of(0.1) },
  };
}

export function tinyNetworkState(): Tensors {
  const state: Record<string, Tensor> = { running: randomTensor([6], 1) };
  Object.entries(parameterShapes).forEach(([name, shape], i) => {
    state[name] = name.endsWith('weight')
      ? randomTensor(shape, i, -0.5, 0.5)
      : randomTensor(shape, i, 0.5, 1);
    state[`${name}.momentum`] = {
      dtype: 'float32',
      shape,
      data: new Float32Array(shape.reduce<number>((a, b) => a * b, 1)),
    };
  });
  return state;
}
