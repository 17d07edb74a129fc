import * as ops from '../../main/engine/graph/ops.ts';
import { integers, randomTensor, tensor } from '../helpers/tensors.ts';
import { given, random, type OpCase } from './opCase.ts';
import { convolutions, gradientOf, poolings, windowsOf } from './windowCases.ts';
import type { Node, Op, Tensor } from '../../main/engine/graph/node.ts';

const namedSizes = 'the size of a named dimension is computed on the CPU';

/** Odd shapes, strides, paddings and broadcasts of every op. An op without a row does not compile. */
export const opCases: { readonly [O in Op]: readonly OpCase[] } = {
  feed: [
    random('float32', [[2, 3]], ([x]) => ops.exp(x)),
    { name: 'int32', inputs: [integers([3, -1, 7])], build: ([x]) => ops.cast(x, 'float32') },
    { name: 'uint8', inputs: [bytes([2, 3])], build: ([x]) => ops.cast(x, 'float32') },
    random('passed through', [[2, 3]], ([x]) => x),
  ],
  // A state needs a step to be seen: state.test.ts.
  state: [],
  constant: [
    random('scalar', [[2, 3]], ([x]) => ops.add(x, 0.1)),
    random('repeated', [[3, 700]], ([x]) => ops.add(x, ops.full(2.5, [3, 700]))),
    random('vector', [[2, 3]], ([x]) => ops.add(x, ops.constant(Float64Array.of(1 / 3, 2, -7), [3]))),
    random('alone', [[1]], () => ops.constant(Int32Array.of(3, 1, 2), [3], 'int32')),
  ].map(fixConstant),
  iota: [
    random('of a known size', [[2, 5]], ([x]) => ops.iota(x, 1)),
    {
      ...random('of a named size', [[3, 5, 2]], ([x]) => ops.iota(x, 1)),
      declared: [['N', 'W', 2]],
      cpuOnly: namedSizes,
    },
  ],

  negate: [random('', [[2, 3]], ([x]) => ops.negate(x))],
  exp: [random('', [[2, 3]], ([x]) => ops.exp(x)), random('of rank 0', [[]], ([x]) => ops.exp(x))],
  log: [random('', [[2, 3]], ([x]) => ops.log(ops.exp(x)))],
  sqrt: [random('', [[7]], ([x]) => ops.sqrt(ops.square(x)))],
  tanh: [random('', [[2, 3, 1]], ([x]) => ops.tanh(x))],
  relu: [random('', [[5, 7]], ([x]) => ops.relu(x))],
  clamp: [random('', [[5, 7]], ([x]) => ops.clamp(x, -0.25, 0.5))],
  step: [
    given('', [tensor([9], [-1e30, -1, -1e-20, -0, 0, 1e-20, 0.5, 1, 1e30])], ([x]) => ops.step(x)),
    random('behind relu', [[2, 3, 5, 5]], ([x]) => ops.step(ops.relu(x))),
  ],
  cast: [
    random('to int32 and back', [[5, 7]], ([x]) => toFloat(ops.cast(ops.multiply(x, 9), 'int32'))),
    random('to uint8 and back', [[5, 7]], ([x]) =>
      toFloat(ops.cast(ops.multiply(ops.square(x), 200), 'uint8')),
    ),
  ],
  stopGradient: [random('', [[3]], ([x]) => ops.negate(ops.stopGradient(x)))],

  add: broadcasts(ops.add),
  subtract: broadcasts(ops.subtract),
  multiply: broadcasts(ops.multiply),
  divide: broadcasts((a, b) => ops.divide(a, ops.add(ops.square(b), 0.5))),
  maximum: broadcasts(ops.maximum),
  minimum: broadcasts(ops.minimum),
  equal: [
    given('of int32', [integers([1, 2, 3, 2]), integers([1, 3, 3, 2])], ([a, b]) => ops.equal(a, b)),
    given('of a column and a row', [integers([1, 2, 1]), integers([1, 3, 3, 2])], ([a, b]) =>
      ops.equal(ops.reshape(a, [3, 1]), b),
    ),
    given('of float32', [tensor([4], [0, 1, -1, 2]), tensor([4], [0, 1, 1, -2])], ([a, b]) =>
      ops.equal(a, b),
    ),
    given('of uint8', [bytes([6]), bytes([6])], ([a, b]) => ops.equal(a, b)),
  ],

  reduceSum: [
    ...reductions(ops.reduceSum),
    random('over batch and positions', [[3, 5, 7, 2]], ([x]) => ops.reduceSum(x, [0, 2, 3])),
    random('over batch and positions, kept', [[3, 5, 7, 2]], ([x]) => ops.reduceSum(x, [0, 2, 3], true)),
    random('over batch and one position', [[3, 5, 1, 1]], ([x]) => ops.reduceSum(x, [0, 2, 3])),
    random('over axes out of order', [[3, 5, 2, 2]], ([x]) => ops.reduceSum(x, [3, 0, 2])),
    {
      ...random('over a named batch', [[3, 5, 7, 2]], ([x]) => ops.reduceSum(x, [0, 2, 3])),
      declared: [['N', 5, 7, 2]],
    },
    {
      ...random('within a named batch', [[3, 5, 7, 2]], ([x]) => ops.reduceSum(x, [2, 3])),
      declared: [['N', 5, 7, 2]],
    },
  ],
  reduceMax: reductions(ops.reduceMax),

  reshape: [
    random('', [[2, 3, 4]], ([x]) => ops.reshape(x, [6, 1, 4])),
    random('to the same shape', [[2, 3]], ([x]) => ops.exp(ops.reshape(x, [2, 3]))),
    random('to rank 0', [[1, 1]], ([x]) => ops.reshape(x, [])),
    {
      ...random('of a named batch', [[5, 3, 4]], ([x]) => ops.reshape(x, ['N', 12])),
      declared: [['N', 3, 4]],
    },
    {
      ...random('that moves a named axis', [[5, 3, 4]], ([x]) => ops.reshape(x, [1, 'N', 12])),
      declared: [['N', 3, 4]],
    },
    {
      ...random('that moves two named axes', [[5, 3, 4]], ([x]) => ops.reshape(x, [1, 'H', 1, 'W', 4])),
      declared: [['H', 'W', 4]],
      cpuOnly: namedSizes,
    },
  ],
  transpose: [
    random('of a matrix', [[3, 5]], ([x]) => ops.transpose(x, [1, 0])),
    random('of images', [[2, 3, 4, 5]], ([x]) => ops.transpose(x, [1, 3, 0, 2])),
    random('that moves nothing', [[2, 3]], ([x]) => ops.exp(ops.transpose(x, [0, 1]))),
    given('of int32', [integers([1, 2, 3, 4])], ([x]) => ops.transpose(ops.reshape(x, [2, 2]), [1, 0])),
  ],
  broadcastTo: [
    random('', [[3, 1]], ([x]) => ops.broadcastTo(x, [2, 3, 4])),
    random('of rank 0', [[]], ([x]) => ops.broadcastTo(x, [2, 3])),
    given('of int32', [integers([1, 2])], ([x]) => ops.broadcastTo(x, [3, 2])),
    random('to the same shape', [[2, 3]], ([x]) => ops.exp(ops.broadcastTo(x, [2, 3]))),
    {
      ...random('to a named batch', [[3, 1], [5]], ([x, y]) => ops.add(ops.broadcastTo(y, ['N', 5]), x)), // prettier-ignore
      declared: [['N', 1], [5]],
      cpuOnly: namedSizes,
    },
  ],
  slice: [
    random('', [[5, 7]], ([x]) => ops.slice(x, [1, 0], [4, 7])),
    random('with strides', [[5, 7]], ([x]) => ops.slice(x, [0, 1], [5, 6], [2, 3])),
    random('of everything', [[5, 7]], ([x]) => ops.exp(ops.slice(x, [0, 0], [5, 7]))),
    { ...random('of a named batch', [[5, 7]], ([x]) => ops.sliceAxis(x, 1, 2, 4)), declared: [['N', 7]] },
    given('of int32', [integers([5, 4, 3, 2, 9, 8])], ([x]) =>
      ops.slice(ops.reshape(x, [2, 3]), [1, 0], [2, 3], [1, 2]),
    ),
  ],
  unslice: [
    unslice([3, 2], { shape: [5, 7], starts: [1, 2], ends: [4, 4], strides: [1, 1] }),
    unslice([3, 2], { shape: [5, 7], starts: [0, 1], ends: [5, 6], strides: [2, 3] }),
    unslice([2, 3, 3], { shape: [2, 9, 7], starts: [0, 2, 0], ends: [2, 9, 7], strides: [1, 3, 3] }),
    unslice([2, 2, 2, 2], {
      shape: [2, 2, 4, 4],
      starts: [0, 0, 1, 0],
      ends: [2, 2, 4, 4],
      strides: [1, 1, 2, 2],
    }),
  ],
  pad: [
    random('', [[2, 3]], ([x]) => ops.pad(x, [1, 0], [0, 3])),
    random('of nothing', [[2, 3]], ([x]) => ops.exp(ops.pad(x, [0, 0], [0, 0]))),
    random('of images', [[2, 3, 4, 5]], ([x]) => ops.pad(x, [0, 0, 1, 2], [0, 0, 3, 0])),
  ],
  concat: [
    random('', [[2, 3], [2, 1], [2, 4]], (xs) => ops.concat(xs, 1)), // prettier-ignore
    random('of one', [[2, 3]], (xs) => ops.exp(ops.concat(xs, 0))),
    given('of int32', [integers([1, 2]), integers([3])], (xs) => ops.concat(xs, 0)),
  ],
  gatherRows: [
    given('', [randomTensor([4, 3], 1), integers([2, 0, 2, 2, 1])], ([x, rows]) => ops.gatherRows(x, rows)),
    given('of images', [randomTensor([3, 2, 2], 1), integers([1])], ([x, rows]) => ops.gatherRows(x, rows)),
    given('of a vector', [randomTensor([5], 1), integers([4, 0])], ([x, rows]) => ops.gatherRows(x, rows)),
    given('of int32', [integers([7, 8, 9]), integers([2, 0])], ([x, rows]) => ops.gatherRows(x, rows)),
  ],
  scatterAddRows: [
    given('', [randomTensor([5, 3], 1), integers([2, 0, 2, 2, 1])], ([x, rows]) =>
      ops.scatterAddRows(x, rows, 4),
    ),
    given('of images', [randomTensor([3, 2, 2], 1), integers([1, 6, 1])], ([x, rows]) =>
      ops.scatterAddRows(x, rows, 7),
    ),
    given('of a vector', [randomTensor([3], 1), integers([1, 0, 1])], ([x, rows]) =>
      ops.scatterAddRows(x, rows, 2),
    ),
  ],

  matmul: [
    ...products([4, 3], [3, 5]),
    ...products([2, 4, 3], [2, 3, 5]),
    ...products([7, 3], [2, 1, 3, 5]),
    ...products([2, 3, 4, 3], [3, 5]),
    { ...random('of a named batch', [[4, 3], [5, 3]], ([a, b]) => ops.matmul(a, b, { transposeB: true })), declared: [['N', 3], [5, 3]] }, // prettier-ignore
  ],
  conv2d: convolutions((x, w, stride, padding) => ops.conv2d(x, w, windowsOf(x, w, stride, padding))),
  conv2dInputGradient: convolutions((x, w, stride, padding) => {
    const inputSize = [Number(x.shape[2]), Number(x.shape[3])] as const;
    return ops.makeNode('conv2dInputGradient', [gradientOf(x, w, stride, padding), w], {
      ...windowsOf(x, w, stride, padding),
      inputSize,
    });
  }),
  conv2dWeightGradient: convolutions((x, w, stride, padding) => {
    const kernelSize = [Number(w.shape[2]), Number(w.shape[3])] as const;
    return ops.makeNode('conv2dWeightGradient', [x, gradientOf(x, w, stride, padding)], {
      ...windowsOf(x, w, stride, padding),
      kernelSize,
    });
  }),

  maxPool2d: poolings(ops.maxPool2d),
  maxPool2dGradient: poolings((x, attributes) => {
    const y = ops.maxPool2d(x, attributes);
    return ops.makeNode('maxPool2dGradient', [x, y, ops.add(ops.square(y), 1)], attributes);
  }),
  channelAffine: [
    ...channelwise((x, scale, shift) => ops.channelAffine(x, scale, shift)),
    random('without a shift', [[2, 3, 5, 5], [3]], ([x, scale]) => ops.channelAffine(x, scale, ops.full(0, [3]))), // prettier-ignore
    {
      ...random('of a named size', [[2, 3, 5, 4], [3], [3]], ([x, scale, shift]) => ops.relu(ops.channelAffine(x, scale, shift))), // prettier-ignore
      declared: [['N', 3, 'H', 'W'], [3], [3]], // prettier-ignore
    },
  ],
  fusedAffine: [
    ...channelwise((x, scale, shift) => ops.fusedAffine(x, scale, shift, { relu: true })),
    ...channelwise((x, scale, shift) => ops.fusedAffine(x, scale, shift, { addend: ops.tanh(x) })),
    ...channelwise((x, scale, shift) =>
      ops.fusedAffine(x, scale, shift, { addend: ops.tanh(x), relu: true }),
    ),
  ],
  batchNorm: channelwise((x, scale, shift) => ops.batchNorm(x, scale, shift, 1e-3)),
};

/** A constant is compared as float32, like all else. */
function fixConstant(row: OpCase): OpCase {
  return { ...row, build: (nodes) => toFloat(row.build(nodes)) };
}

function toFloat(x: Node): Node {
  return ops.cast(x, 'float32');
}

function bytes(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, dim) => product * dim, 1);
  return { dtype: 'uint8', shape, data: Uint8Array.from({ length: count }, (_, i) => (i * 97) % 256) };
}

function broadcasts(build: (a: Node, b: Node) => Node): OpCase[] {
  const pairs: readonly (readonly [readonly number[], readonly number[]])[] = [
    [[2, 3], [2, 3]], // prettier-ignore
    [[2, 3, 4], [4]], // prettier-ignore
    [[3, 1], [1, 5]], // prettier-ignore
    [[], [2, 3]], // prettier-ignore
    [[2, 1, 3, 1], [5, 1, 4]], // prettier-ignore
    [[4, 3, 1, 1], []], // prettier-ignore
    [[1], [4, 3, 1, 1]], // prettier-ignore
  ];
  return pairs.map((shapes) => random(JSON.stringify(shapes), shapes, ([a, b]) => build(a, b)));
}

function reductions(build: (x: Node, axes: readonly number[], keepDims: boolean) => Node): OpCase[] {
  return [[0], [1], [2], [0, 2], [1, 2], [0, 1, 2]].flatMap((axes) =>
    [false, true].map((keepDims) =>
      random(`over ${axes.join()}${keepDims ? ', kept' : ''}`, [[3, 5, 7]], ([x]) =>
        build(x, axes, keepDims),
      ),
    ),
  );
}

function unslice(
  shape: readonly number[],
  attributes: { shape: number[]; starts: number[]; ends: number[]; strides: number[] },
): OpCase {
  return random(JSON.stringify(attributes.strides), [shape], ([g]) =>
    ops.makeNode('unslice', [g], attributes),
  );
}

function products(a: readonly number[], b: readonly number[]): OpCase[] {
  const swap = (shape: readonly number[], swapped: boolean): number[] =>
    swapped ? [...shape.slice(0, -2), shape[shape.length - 1], shape[shape.length - 2]] : [...shape];
  return [false, true].flatMap((transposeA) =>
    [false, true].map(
      (transposeB) =>
      random(`[${a.join()}]${transposeA ? 'ᵀ' : ''}·[${b.join()}]${transposeB ? 'ᵀ' : ''}`,
        [swap(a, transposeA), swap(b, transposeB)],
        ([x, y]) => ops.matmul(x, y, { transposeA, transposeB })), // prettier-ignore
    ),
  );
}

function channelwise(build: (x: Node, scale: Node, shift: Node) => Node): OpCase[] {
  const shapes = [[4, 3], [4, 3, 5], [2, 3, 5, 4], [1, 7, 3, 3], [5, 2, 1, 1]]; // prettier-ignore
  return shapes.flatMap((shape) => [
    random(`[${shape.join()}]`, [shape, [shape[1]], [shape[1]]], ([x, scale, shift]) => build(x, scale, shift)),
    random(`[${shape.join()}], sum and relu`, [shape, [shape[1]], [shape[1]], shape], ([x, scale, shift, rest]) =>
      ops.relu(ops.add(build(x, scale, shift), rest)),
    ),
  ]); // prettier-ignore
}
