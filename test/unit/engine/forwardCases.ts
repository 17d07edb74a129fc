import * as ops from '../../../main/engine/graph/ops.ts';
import { integers, tensor } from '../../helpers/tensors.ts';
import type { ReferenceKernels } from '../../../main/engine/execute/reference/kernel.ts';
import type { DType, Node, Pool2dAttributes, Tensor } from '../../../main/engine/graph/node.ts';

/** What an op makes of a few values, worked out by hand. */
export interface ForwardCase {
  readonly inputs: readonly Tensor[];
  readonly build: (nodes: readonly Node[]) => Node;
  readonly shape: readonly number[];
  readonly expected: readonly number[];
  readonly dtype?: DType;
}

const oneToSix = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
const oneToEight = tensor([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
const image = tensor([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
const kernel = tensor([1, 1, 2, 2], [1, 10, 100, 1000]);

/** An op without a row does not compile. */
export const forwardCases: { readonly [O in keyof ReferenceKernels]: readonly ForwardCase[] } = {
  constant: [row([], () => ops.constant(Float64Array.of(1.5, -2), [2]), [1.5, -2])],
  iota: [
    row([oneToSix], ([x]) => ops.iota(x, 1), [0, 1, 2]),
    row([oneToSix], ([x]) => ops.iota(x, 0), [0, 1]),
  ],

  negate: [unary([1, -2, 0.5], ops.negate, [-1, 2, -0.5])],
  exp: [unary([0, 1, -1], ops.exp, [1, Math.E, 1 / Math.E])],
  log: [unary([1, Math.E, 100], ops.log, [0, 1, 2 * Math.LN10])],
  sqrt: [unary([0, 4, 2.25], ops.sqrt, [0, 2, 1.5])],
  tanh: [unary([0, Math.log(2), -Math.log(3)], ops.tanh, [0, 0.6, -0.8])],
  relu: [unary([-3, 0, 3], ops.relu, [0, 0, 3])],
  clamp: [
    unary([-3, -1, 0.5, 4], (x) => ops.clamp(x, -1, 2), [-1, -1, 0.5, 2]),
    unary([-3, 4], (x) => ops.clamp(x, 0, Infinity), [0, 4]),
  ],
  step: [unary([-3, 0, 1e-9, 3], ops.step, [0, 0, 1, 1])],
  cast: [
    { ...unary([-1.7, 1.7, 3], (x) => ops.cast(x, 'int32'), [-1, 1, 3]), dtype: 'int32' },
    { ...unary([0, 254.9, 255], (x) => ops.cast(x, 'uint8'), [0, 254, 255]), dtype: 'uint8' },
    row([integers([-7, 9])], ([x]) => ops.cast(x, 'float32'), [-7, 9]),
  ],
  stopGradient: [unary([1, -2], ops.stopGradient, [1, -2])],

  add: [
    binary([2, 2], [1, 2, 3, 4], [2], [10, 20], ops.add, [11, 22, 13, 24]),
    binary([2], [10, 20], [3, 1], [1, 2, 3], ops.add, [11, 21, 12, 22, 13, 23], [3, 2]),
    binary([], [5], [1, 2], [1, 2], ops.add, [6, 7], [1, 2]),
  ],
  subtract: [binary([2, 1], [1, 2], [2], [10, 20], ops.subtract, [-9, -19, -8, -18], [2, 2])],
  multiply: [binary([2, 1, 2], [1, 2, 3, 4], [1], [-2], ops.multiply, [-2, -4, -6, -8])],
  divide: [binary([2], [1, -6], [2], [4, 3], ops.divide, [0.25, -2])],
  maximum: [binary([3], [1, 5, -2], [3], [2, 5, -3], ops.maximum, [2, 5, -2])],
  minimum: [binary([3], [1, 5, -2], [3], [2, 5, -3], ops.minimum, [1, 5, -3])],
  equal: [
    binary([3], [1, 2, 3], [1], [2], ops.equal, [0, 1, 0]),
    row([integers([1, 2, 2]), integers([1, 1, 2])], ([a, b]) => ops.equal(a, b), [1, 0, 1]),
  ],

  reduceSum: [
    row([oneToSix], ([x]) => ops.reduceSum(x, [0]), [5, 7, 9]),
    { ...row([oneToSix], ([x]) => ops.reduceSum(x, [1], true), [6, 15]), shape: [2, 1] },
    row([oneToEight], ([x]) => ops.reduceSum(x, [2, 0]), [14, 22]),
    { ...row([oneToEight], ([x]) => ops.reduceSum(x), [36]), shape: [] },
  ],
  reduceMax: [
    row([tensor([2, 3], [-1, -2, -3, -6, -5, -4])], ([x]) => ops.reduceMax(x, [1]), [-1, -4]),
    { ...row([oneToEight], ([x]) => ops.reduceMax(x, [0, 1], true), [7, 8]), shape: [1, 1, 2] },
  ],

  reshape: [{ ...row([oneToSix], ([x]) => ops.reshape(x, [3, 2]), [1, 2, 3, 4, 5, 6]), shape: [3, 2] }],
  transpose: [
    { ...row([oneToSix], ([x]) => ops.transpose(x, [1, 0]), [1, 4, 2, 5, 3, 6]), shape: [3, 2] },
    // result[i][j][k] = x[j][k][i]: with 3 axes of different lengths the inverse permutation would not fit.
    {
      inputs: [tensor([1, 2, 3], [1, 2, 3, 4, 5, 6])],
      build: ([x]) => ops.transpose(x, [2, 0, 1]),
      shape: [3, 1, 2],
      expected: [1, 4, 2, 5, 3, 6],
    },
  ],
  broadcastTo: [
    {
      inputs: [tensor([2, 1], [1, 2])],
      build: ([x]) => ops.broadcastTo(x, [2, 2, 3]),
      shape: [2, 2, 3],
      expected: [1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2],
    },
  ],
  slice: [
    { ...row([image], ([x]) => ops.slice(x, [0, 0, 1, 0], [1, 1, 3, 2]), [4, 5, 7, 8]), shape: [1, 1, 2, 2] },
    row([tensor([7], [0, 1, 2, 3, 4, 5, 6])], ([x]) => ops.slice(x, [1], [7], [3]), [1, 4]),
    row([tensor([7], [0, 1, 2, 3, 4, 5, 6])], ([x]) => ops.slice(x, [0], [Infinity], [2]), [0, 2, 4, 6]),
    { ...row([integers([4, 5, 6])], ([x]) => ops.sliceAxis(x, 0, 1, 3), [5, 6]), dtype: 'int32' },
  ],
  unslice: [
    row(
      [tensor([2], [8, 9])],
      ([g]) => ops.makeNode('unslice', [g], { shape: [7], starts: [1], ends: [7], strides: [3] }),
      [0, 8, 0, 0, 9, 0, 0],
    ),
  ],
  pad: [
    {
      inputs: [tensor([1, 2], [7, 8])],
      build: ([x]) => ops.pad(x, [1, 0], [0, 2]),
      shape: [2, 4],
      expected: [0, 0, 0, 0, 7, 8, 0, 0],
    },
  ],
  concat: [
    {
      inputs: [tensor([2, 1], [1, 2]), tensor([2, 2], [3, 4, 5, 6])],
      build: (parts) => ops.concat(parts, 1),
      shape: [2, 3],
      expected: [1, 3, 4, 2, 5, 6],
    },
    { ...row([integers([1]), integers([2, 3])], (parts) => ops.concat(parts, 0), [1, 2, 3]), dtype: 'int32' },
  ],
  gatherRows: [
    {
      inputs: [tensor([3, 2], [1, 2, 3, 4, 5, 6]), integers([2, 0, 2])],
      build: ([table, indices]) => ops.gatherRows(table, indices),
      shape: [3, 2],
      expected: [5, 6, 1, 2, 5, 6],
    },
  ],
  scatterAddRows: [
    {
      inputs: [tensor([3, 2], [1, 2, 3, 4, 5, 6]), integers([2, 0, 2])],
      build: ([rows, indices]) => ops.scatterAddRows(rows, indices, 4),
      shape: [4, 2],
      expected: [3, 4, 0, 0, 6, 8, 0, 0],
    },
  ],

  matmul: [
    binary([2, 3], [1, 2, 3, 4, 5, 6], [3, 1], [1, 10, 100], ops.matmul, [321, 654], [2, 1]),
    binary([3, 1], [1, 2, 3], [2, 3], [1, 10, 100, 1, 1, 1], transposedMatmul, [321, 6], [1, 2]),
    {
      inputs: [oneToEight, tensor([2, 1], [1, 10])],
      build: ([a, b]) => ops.matmul(a, b),
      shape: [2, 2, 1],
      expected: [21, 43, 65, 87],
    },
  ],
  conv2d: [
    conv(1, 0, [5421, 6532, 8754, 9865]),
    conv(2, 1, [1000, 3200, 7040, 9865]),
    conv(3, 0, [5421]),
    {
      // The standard stem, 7×7, stride 2, padding 3, on ones: rows × columns of each window within the image.
      inputs: [tensor([1, 1, 9, 8], new Array<number>(72).fill(1))],
      build: ([x]) => ops.conv2d(x, ops.full(1, [1, 1, 7, 7]), { stride: 2, padding: 3 }),
      shape: [1, 1, 5, 4],
      expected: [4, 6, 7, 6, 4].flatMap((rows) => [4, 6, 7, 5].map((columns) => rows * columns)),
    },
    {
      // Two input channels, two kernels; a batch of two.
      inputs: [tensor([2, 2, 1, 1], [1, 2, 3, 4]), tensor([2, 2, 1, 1], [1, 10, 100, 1000])],
      build: ([x, w]) => ops.conv2d(x, w, { stride: 1, padding: 0 }),
      shape: [2, 2, 1, 1],
      expected: [21, 2100, 43, 4300],
    },
    {
      // Two groups of two input channels, of which one kernel each makes a channel.
      inputs: [tensor([1, 4, 1, 1], [1, 2, 3, 4]), tensor([2, 2, 1, 1], [1, 10, 100, 1000])],
      build: ([x, w]) => ops.conv2d(x, w, { stride: 1, padding: 0, groups: 2 }),
      shape: [1, 2, 1, 1],
      expected: [21, 4300],
    },
  ],
  conv2dInputGradient: [
    {
      inputs: [tensor([1, 1, 2, 2], [1, 2, 3, 4]), kernel],
      build: ([g, w]) =>
        ops.makeNode('conv2dInputGradient', [g, w], { stride: 2, padding: 1, inputSize: [3, 3] }),
      shape: [1, 1, 3, 3],
      // Each place of the input is read by the one window that covers it.
      expected: [1000, 200, 2000, 30, 4, 40, 3000, 400, 4000],
    },
  ],
  conv2dWeightGradient: [
    {
      inputs: [image, tensor([1, 1, 2, 2], [1, 10, 100, 1000])],
      build: ([x, g]) =>
        ops.makeNode('conv2dWeightGradient', [x, g], { stride: 1, padding: 0, kernelSize: [2, 2] }),
      shape: [1, 1, 2, 2],
      expected: [5421, 6532, 8754, 9865],
    },
  ],

  maxPool2d: [
    pool(1, { kernel: 2, stride: 1, padding: 0 }, [5, 6, 8, 9]),
    pool(-1, { kernel: 3, stride: 2, padding: 1 }, [-1, -2, -4, -5]),
  ],
  maxPool2dGradient: [
    {
      // All equal: each window's first place that is not padding.
      inputs: [tensor([1, 1, 3, 3], [2, 2, 2, 2, 2, 2, 2, 2, 2]), tensor([1, 1, 2, 2], [1, 10, 100, 1000])],
      build: ([x, g]) => {
        const attributes = { kernel: 3, stride: 2, padding: 1 };
        return ops.makeNode('maxPool2dGradient', [x, ops.maxPool2d(x, attributes), g], attributes);
      },
      shape: [1, 1, 3, 3],
      expected: [1, 10, 0, 100, 1000, 0, 0, 0, 0],
    },
  ],
  channelAffine: [
    {
      inputs: [tensor([2, 2, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]), tensor([2], [1, 10]), tensor([2], [0.5, -1])],
      build: ([x, scale, shift]) => ops.channelAffine(x, scale, shift),
      shape: [2, 2, 1, 2],
      expected: [1.5, 2.5, 29, 39, 5.5, 6.5, 69, 79],
    },
  ],
  fusedAffine: [
    {
      inputs: [tensor([1, 2, 1, 2], [1, 2, 3, 4]), tensor([2], [1, -10]), tensor([2], [0.5, 1])],
      build: ([x, scale, shift]) => ops.fusedAffine(x, scale, shift, { relu: true }),
      shape: [1, 2, 1, 2],
      expected: [1.5, 2.5, 0, 0],
    },
    {
      inputs: [
        tensor([1, 2], [1, 2]),
        tensor([2], [1, -10]),
        tensor([2], [0.5, 1]),
        tensor([1, 2], [-9, 100]),
      ],
      build: ([x, scale, shift, addend]) => ops.fusedAffine(x, scale, shift, { addend }),
      shape: [1, 2],
      expected: [-7.5, 81],
    },
  ],
  batchNorm: [
    {
      // Channel 0: 1, 3 (mean 2, variance 1); channel 1: 5, 5 (variance 0: only the shift is left).
      inputs: [tensor([2, 2], [1, 5, 3, 5]), tensor([2], [2, 7]), tensor([2], [10, 20])],
      build: ([x, scale, shift]) => ops.batchNorm(x, scale, shift, 3),
      shape: [2, 2],
      expected: [9, 20, 11, 20],
    },
    {
      // Statistics over the batch and both axes of positions: 1, 2, 3, 6 has mean 3 and variance 3.5.
      inputs: [tensor([2, 1, 1, 2], [1, 2, 3, 6]), tensor([1], [1]), tensor([1], [0])],
      build: ([x, scale, shift]) => ops.batchNorm(x, scale, shift, 0.5),
      shape: [2, 1, 1, 2],
      expected: [-1, -0.5, 0, 1.5],
    },
  ],
};

/** A case whose result has one axis. */
function row(
  inputs: readonly Tensor[],
  build: ForwardCase['build'],
  expected: readonly number[],
): ForwardCase {
  return { inputs, build, shape: [expected.length], expected };
}

function unary(values: readonly number[], op: (x: Node) => Node, expected: readonly number[]): ForwardCase {
  return row([tensor([values.length], values)], ([x]) => op(x), expected);
}

function binary(
  shapeA: readonly number[],
  a: readonly number[],
  shapeB: readonly number[],
  b: readonly number[],
  op: (a: Node, b: Node) => Node,
  expected: readonly number[],
  shape: readonly number[] = shapeA,
): ForwardCase {
  return { inputs: [tensor(shapeA, a), tensor(shapeB, b)], build: ([x, y]) => op(x, y), shape, expected };
}

function transposedMatmul(a: Node, b: Node): Node {
  return ops.matmul(a, b, { transposeA: true, transposeB: true });
}

function conv(stride: number, padding: number, expected: readonly number[]): ForwardCase {
  const shape = [1, 1, Math.sqrt(expected.length), Math.sqrt(expected.length)];
  const build = ([x, w]: readonly Node[]): Node => ops.conv2d(x, w, { stride, padding });
  return { inputs: [image, kernel], build, shape, expected };
}

function pool(sign: number, attributes: Pool2dAttributes, expected: readonly number[]): ForwardCase {
  const inputs = [
    tensor(
      [1, 1, 3, 3],
      Array.from(image.data, (value) => sign * value),
    ),
  ];
  return { inputs, build: ([x]) => ops.maxPool2d(x, attributes), shape: [1, 1, 2, 2], expected };
}
