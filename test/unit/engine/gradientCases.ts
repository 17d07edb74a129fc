import * as ops from '../../../main/engine/graph/ops.ts';
import { distinctTensors, integers, randomTensor } from '../../helpers/tensors.ts';
import type { NoGradient } from '../../../main/engine/gradient/rules.ts';
import type { Node, Op, Tensor } from '../../../main/engine/graph/node.ts';
import type { GradientCase } from '../../helpers/gradientCheck.ts';

type Build = (nodes: readonly Node[]) => Node;

/** Where each op is differentiated. An op without a row does not compile. */
export const gradientCases: { readonly [O in Op]: readonly GradientCase[] | NoGradient } = {
  feed: 'leaf',
  state: 'leaf',
  constant: 'leaf',
  iota: 'zero',

  negate: [smooth([[2, 3]], ([x]) => ops.negate(x))],
  exp: [smooth([[2, 3]], ([x]) => ops.exp(x))],
  log: [positive([2, 3], ([x]) => ops.log(x))],
  sqrt: [positive([2, 3], ([x]) => ops.sqrt(x))],
  tanh: [smooth([[2, 3]], ([x]) => ops.tanh(x))],
  relu: [kinked([[3, 5]], ([x]) => ops.relu(x))],
  clamp: [kinked([[3, 5]], ([x]) => ops.clamp(x, -0.3, 0.4)), kinked([[4]], ([x]) => ops.clamp(x, 0, 9))],
  step: 'zero',
  cast: [
    smooth([[2, 3]], ([x]) => ops.makeNode('cast', [ops.exp(x)], { dtype: 'float32' })),
    kinked([[2, 7]], ([x]) => ops.multiply(ops.cast(ops.cast(x, 'int32'), 'float32'), x)),
  ],
  stopGradient: 'zero',

  add: broadcasts((a, b) => ops.add(a, b)),
  subtract: broadcasts((a, b) => ops.subtract(a, b)),
  multiply: broadcasts((a, b) => ops.multiply(a, b)),
  divide: broadcasts((a, b) => ops.divide(a, ops.exp(b))),
  maximum: broadcasts((a, b) => ops.maximum(a, b)),
  minimum: broadcasts((a, b) => ops.minimum(a, b)),
  equal: 'zero',

  reduceSum: reductions((x, axes, keepDims) => ops.reduceSum(ops.exp(x), axes, keepDims)),
  reduceMax: reductions((x, axes, keepDims) => ops.reduceMax(x, axes, keepDims)),

  reshape: [smooth([[2, 3, 4]], ([x]) => ops.reshape(ops.square(x), [6, 4]))],
  transpose: [
    smooth([[2, 3, 4]], ([x]) => ops.transpose(ops.square(x), [2, 0, 1])),
    smooth([[2, 3, 4, 2]], ([x]) => ops.transpose(ops.square(x), [3, 1, 0, 2])),
  ],
  broadcastTo: [
    smooth([[3, 1]], ([x]) => ops.broadcastTo(ops.square(x), [2, 3, 4])),
    smooth([[]], ([x]) => ops.broadcastTo(ops.square(x), [2, 3])),
    smooth([[1, 1, 5]], ([x]) => ops.broadcastTo(ops.square(x), [1, 2, 5])),
  ],
  slice: [
    smooth([[5, 7]], ([x]) => ops.slice(ops.square(x), [1, 0], [4, 7])),
    smooth([[5, 7]], ([x]) => ops.slice(ops.square(x), [0, 1], [5, 6], [2, 3])),
    smooth([[4, 3, 6]], ([x]) => ops.slice(ops.square(x), [3, 0, 1], [4, Infinity, 6], [1, 1, 2])),
  ],
  unslice: [
    smooth([[3, 2]], ([g]) =>
      ops.makeNode('unslice', [ops.square(g)], {
        shape: [5, 7],
        starts: [0, 1],
        ends: [5, 6],
        strides: [2, 3],
      }),
    ),
  ],
  pad: [smooth([[2, 3]], ([x]) => ops.pad(ops.square(x), [1, 0], [0, 3]))],
  concat: [
    smooth([[2, 3], [2, 1], [2, 4]], (xs) => ops.square(ops.concat(xs, 1))), // prettier-ignore
    smooth([[2, 3]], ([x]) => ops.square(ops.concat([x, ops.exp(x), x], 0))),
  ],
  gatherRows: [
    smooth([[4, 3]], ([x]) => ops.square(ops.gatherRows(x, rowsOf([2, 0, 2, 2, 1])))),
    smooth([[3, 2, 2]], ([x]) => ops.square(ops.gatherRows(x, rowsOf([1])))),
  ],
  scatterAddRows: [smooth([[5, 3]], ([x]) => ops.square(ops.scatterAddRows(x, rowsOf([2, 0, 2, 2, 1]), 4)))],

  matmul: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].map((transposeB) =>
        smooth([transposeA ? [4, 3] : [3, 4], transposeB ? [5, 4] : [4, 5]], ([a, b]) =>
          ops.matmul(a, b, { transposeA, transposeB }),
        ),
      ),
    ),
    ...[false, true].map((transposed) =>
      smooth([transposed ? [2, 1, 2, 3] : [2, 1, 3, 2], transposed ? [3, 4, 2] : [3, 2, 4]], ([a, b]) =>
        ops.matmul(a, b, { transposeA: transposed, transposeB: transposed }),
      ),
    ),
    smooth([[2, 3, 4], [4, 1]], ([a, b]) => ops.matmul(a, b)), // prettier-ignore
    smooth([[3, 4]], ([a]) => ops.matmul(a, a, { transposeB: true })),
  ],
  conv2d: convolutions().map(({ x, w, ...attributes }) =>
    smooth([x, w], ([image, kernel]) => ops.conv2d(image, kernel, attributes)),
  ),
  conv2dInputGradient: convolutions().map(({ x, w, ...attributes }) =>
    smooth([outputOf(x, w, attributes.stride, attributes.padding), w], ([g, kernel]) =>
      ops.makeNode('conv2dInputGradient', [g, kernel], { ...attributes, inputSize: [x[2], x[3]] }),
    ),
  ),
  conv2dWeightGradient: convolutions().map(({ x, w, ...attributes }) =>
    smooth([x, outputOf(x, w, attributes.stride, attributes.padding)], ([image, g]) =>
      ops.makeNode('conv2dWeightGradient', [image, g], { ...attributes, kernelSize: [w[2], w[3]] }),
    ),
  ),

  maxPool2d: [
    { kernel: 2, stride: 2, padding: 0 },
    { kernel: 3, stride: 2, padding: 1 },
    { kernel: 3, stride: 1, padding: 1 },
    { kernel: 3, stride: 3, padding: 0 },
    { kernel: 2, stride: 3, padding: 1 },
    { kernel: 1, stride: 2, padding: 0 },
  ].map((attributes) => ({
    ...kinked([[2, 2, 7, 6]], ([x]) => ops.maxPool2d(x, attributes)),
    name: JSON.stringify(attributes),
    twice: false,
  })),
  maxPool2dGradient: 'not differentiable',
  channelAffine: [
    smooth([[4, 3], [3], [3]], ([x, scale, shift]) => ops.channelAffine(x, scale, shift)), // prettier-ignore
    smooth([[2, 3, 2, 5], [3], [3]], ([x, scale, shift]) => ops.channelAffine(x, scale, shift)), // prettier-ignore
  ],
  fusedAffine: 'not differentiable',
  batchNorm: [
    smooth([[5, 3], [3], [3]], ([x, scale, shift]) => ops.batchNorm(x, scale, shift)), // prettier-ignore
    smooth([[2, 3, 3, 2], [3], [3]], ([x, scale, shift]) => ops.batchNorm(x, scale, shift)), // prettier-ignore
    smooth([[1, 2, 5], [2], [2]], ([x, scale, shift]) => ops.batchNorm(x, scale, shift, 0.1)), // prettier-ignore
  ],
};

function named(inputs: readonly Tensor[], build: Build): GradientCase {
  const name = inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');
  return { name, inputs, build, twice: true };
}

function smooth(shapes: readonly (readonly number[])[], build: Build): GradientCase {
  return named(
    shapes.map((shape, i) => randomTensor(shape, i + 1)),
    build,
  );
}

function positive(shape: readonly number[], build: Build): GradientCase {
  return named([randomTensor(shape, 3, 0.5, 2)], build);
}

function kinked(shapes: readonly (readonly number[])[], build: Build): GradientCase {
  return named(distinctTensors(shapes, 5), build);
}

function broadcasts(build: (a: Node, b: Node) => Node): GradientCase[] {
  const shapes = [
    [[2, 3], [2, 3]],
    [[2, 3], [3]],
    [[3], [2, 1]],
    [[2, 1, 4], [3, 1]],
    [[], [2, 3]],
    [[1, 3], [3]],
    [[1], []],
  ]; // prettier-ignore
  return shapes.map((pair) => kinked(pair, ([a, b]) => build(a, b)));
}

function reductions(build: (x: Node, axes: readonly number[], keepDims: boolean) => Node): GradientCase[] {
  return [[0], [1], [0, 2], [2, 0, 1]].flatMap((axes) =>
    [false, true].map((keepDims) => kinked([[2, 3, 4]], ([x]) => ops.square(build(x, axes, keepDims)))),
  );
}

function rowsOf(indices: readonly number[]): Node {
  const { data, shape } = integers(indices);
  return ops.constant(data, shape, 'int32');
}

/** Strides 1, 2, 3, paddings 0, 1, 3, rectangular kernels, sizes that leave pixels over, and the standard stem. */
function convolutions(): { x: number[]; w: number[]; stride: number; padding: number; groups?: number }[] {
  return [
    { x: [2, 3, 4, 5], w: [2, 3, 1, 1], stride: 1, padding: 0 },
    { x: [2, 2, 5, 4], w: [3, 2, 3, 3], stride: 1, padding: 1 },
    { x: [1, 2, 6, 7], w: [2, 2, 3, 3], stride: 2, padding: 1 },
    { x: [2, 2, 6, 5], w: [3, 2, 1, 1], stride: 2, padding: 0 },
    { x: [1, 2, 7, 8], w: [2, 2, 3, 2], stride: 3, padding: 0 },
    { x: [1, 2, 4, 3], w: [2, 2, 2, 5], stride: 2, padding: 3 },
    { x: [1, 1, 8, 9], w: [2, 1, 3, 3], stride: 3, padding: 1 },
    { x: [1, 2, 9, 8], w: [2, 2, 7, 7], stride: 2, padding: 3 },
    { x: [2, 4, 3, 4], w: [2, 2, 3, 3], stride: 1, padding: 1, groups: 2 },
    { x: [1, 6, 5, 4], w: [3, 2, 3, 3], stride: 2, padding: 1, groups: 3 },
  ];
}

function outputOf(
  x: readonly number[],
  w: readonly number[],
  stride: number,
  padding: number,
): readonly number[] {
  return [x[0], w[0], ...[2, 3].map((axis) => Math.floor((x[axis] + 2 * padding - w[axis]) / stride) + 1)];
}
