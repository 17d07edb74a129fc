import { describe, expect, it } from 'vitest';
import * as ops from '../../../main/engine/graph/ops.ts';
import type { Node, Shape } from '../../../main/engine/graph/node.ts';

const x = (...shape: Shape): Node => ops.feed('x', shape);
const ints = (...shape: Shape): Node => ops.feed('i', shape, 'int32');
const bytes = (...shape: Shape): Node => ops.feed('b', shape, 'uint8');

const legal: readonly (readonly [what: string, node: Node, shape: Shape])[] = [
  ['broadcast of a named size', ops.add(x('N', 3), x(3)), ['N', 3]],
  ['broadcast of a named size with 1', ops.multiply(x(1, 4), x('N', 1)), ['N', 4]],
  ['iota of a named size', ops.iota(x(2, 'H'), 1), ['H']],
  ['matmul over a named batch', ops.matmul(x('N', 2, 3), x(3, 5)), ['N', 2, 5]],
  ['matmul of named rows', ops.matmul(x('N', 3), x(5, 3), { transposeB: true }), ['N', 5]],
  ['reshape around a named size', ops.reshape(x('N', 6), ['N', 2, 3]), ['N', 2, 3]],
  ['transpose', ops.transpose(x('N', 'H', 3), [2, 0, 1]), [3, 'N', 'H']],
  ['slice that keeps a named axis', ops.slice(x('N', 5), [0, 1], [Infinity, 5], [1, 2]), ['N', 2]],
  ['pad beside a named axis', ops.pad(x('N', 5), [0, 1], [0, 2]), ['N', 8]],
  ['concat', ops.concat([x('N', 1), x('N', 2)], 1), ['N', 3]],
  ['gatherRows of a named number', ops.gatherRows(x(9, 4), ints('N')), ['N', 4]],
  ['conv2d, stem', ops.conv2d(x('N', 3, 224, 192), x(64, 3, 7, 7), { stride: 2, padding: 3 }), ['N', 64, 112, 96]],
  ['maxPool2d, stem', ops.maxPool2d(x('N', 64, 112, 95), { kernel: 3, stride: 2, padding: 1 }), ['N', 64, 56, 48]],
  ['reduceMax', ops.reduceMax(x('N', 2, 3), [0, 2], true), [1, 2, 1]],
]; // prettier-ignore

const illegal: readonly (readonly [build: () => Node, message: string])[] = [
  [() => ops.add(x(2, 3), x(2)), 'add(float32 [2, 3], float32 [2]): shapes [2, 3] and [2] do not broadcast'],
  [() => ops.add(x('N'), x('M')), 'add(float32 [N], float32 [M]): shapes [N] and [M] do not broadcast'],
  [() => ops.add(x('N'), x(4)), 'add(float32 [N], float32 [4]): shapes [N] and [4] do not broadcast'],
  [() => ops.multiply(x(2), bytes(2)), 'multiply(float32 [2], uint8 [2]): needs float32, got uint8'],
  [() => ops.exp(ints(2)), 'exp(int32 [2]): needs float32, got int32'],
  [() => ops.equal(x(2), ints(2)), 'equal(float32 [2], int32 [2]): equal compares float32 with int32'],
  [() => ops.iota(x(2), 1), 'iota(float32 [2]): [2] has no axis 1'],
  [() => ops.constant(Float64Array.of(1, 2), [3]), 'constant(): 2 values for [3]'],
  [() => ops.reduceSum(x(2, 3), [2]), 'reduceSum(float32 [2, 3]): [2, 3] has no axis 2'],
  [() => ops.reduceSum(x(2, 3), [-1]), 'reduceSum(float32 [2, 3]): [2, 3] has no axis -1'],
  [() => ops.reduceMax(x(2, 3), [1, 1]), 'reduceMax(float32 [2, 3]): a reduction names each of its axes once'],
  [() => ops.reshape(x(2, 3), [4]), 'reshape(float32 [2, 3]): [2, 3] cannot be reshaped to [4]'],
  [() => ops.reshape(x('N', 3), [6]), 'reshape(float32 [N, 3]): [N, 3] cannot be reshaped to [6]'],
  [() => ops.transpose(x(2, 3), [0, 0]), 'transpose(float32 [2, 3]): [0, 0] is no permutation'],
  [() => ops.transpose(x(2, 3), [0]), 'transpose(float32 [2, 3]): [0] is no permutation'],
  [() => ops.broadcastTo(x(2, 3), [2, 4]), 'broadcastTo(float32 [2, 3]): shapes [2, 3] and [2, 4] do not broadcast'],
  [() => ops.broadcastTo(x(2, 3), [3]), 'broadcastTo(float32 [2, 3]): [2, 3] does not broadcast to [3]'],
  [() => ops.slice(x(5), [2], [6]), 'slice(float32 [5]): slice 2:6:1 does not fit axis 0 of [5]'],
  [() => ops.slice(x(5), [3], [3]), 'slice(float32 [5]): slice 3:3:1 does not fit axis 0 of [5]'],
  [() => ops.slice(x('N'), [0], [2]), 'slice(float32 [N]): slice 0:2:1 does not fit axis 0 of [N]'],
  [() => ops.slice(x(5, 2), [0], [5]), 'slice(float32 [5, 2]): slice of [5, 2] needs a start'],
  [() => unslice(x(3), [5], [0], [4], [2]), 'unslice(float32 [3]): unslice: [3] is not the slice\'s [2]'],
  [() => unslice(x(2), [3], [0], [4], [2]), 'unslice(float32 [2]): unslice writes outside of [3]'],
  [() => ops.pad(x('N'), [1], [0]), 'pad(float32 [N]): pad adds a known number of places'],
  [() => ops.pad(x(2, 3), [1], [0]), 'pad(float32 [2, 3]): pad of [2, 3] needs two sizes for each axis'],
  [() => ops.concat([], 0), 'concat(): concat needs at least one operand'],
  [() => ops.concat([x(2, 3), x(3, 2)], 0), 'concat(float32 [2, 3], float32 [3, 2]): concat: [3, 2] does not go'],
  [() => ops.concat([x(2), ints(2)], 0), 'concat(float32 [2], int32 [2]): concat: [2] does not go with [2]'],
  [() => ops.gatherRows(x(2, 3), x(2)), 'gatherRows(float32 [2, 3], float32 [2]): row indices are int32 [n]'],
  [() => ops.scatterAddRows(x(2, 3), ints(3), 5), 'scatterAddRows(float32 [2, 3], int32 [3]): scatterAddRows needs'],
  [() => ops.matmul(x(2, 3), x(2, 3)), 'matmul(float32 [2, 3], float32 [2, 3]): matmul: [2, 3] and [2, 3] differ'],
  [() => ops.matmul(x(3), x(3, 2)), 'matmul(float32 [3], float32 [3, 2]): matmul takes operands of at least two'],
  [() => ops.matmul(x(2, 3), bytes(3, 2)), 'matmul(float32 [2, 3], uint8 [3, 2]): needs float32, got uint8'],
  [() => conv(x(1, 3, 8, 8), x(4, 2, 3, 3)), 'conv2d(float32 [1, 3, 8, 8], float32 [4, 2, 3, 3]): conv2d: [1, 3, 8, 8]'],
  [() => conv(x(3, 8, 8), x(4, 3, 3, 3)), 'conv2d(float32 [3, 8, 8], float32 [4, 3, 3, 3]): [3, 8, 8] should have 4'],
  [() => conv(x(1, 1, 2, 2), x(1, 1, 3, 3)), 'conv2d(float32 [1, 1, 2, 2], float32 [1, 1, 3, 3]): a window of 3'],
  [() => conv(bytes(1, 1, 4, 4), x(1, 1, 3, 3)), 'conv2d(uint8 [1, 1, 4, 4], float32 [1, 1, 3, 3]): needs float32'],
  [() => conv(x(1, 1, 'H', 4), x(1, 1, 3, 3)), 'conv2d(float32 [1, 1, H, 4], float32 [1, 1, 3, 3]): [1, 1, H, 4]: axis 2'],
  [() => inputGradient([9, 9]), 'conv2dInputGradient(float32 [1, 1, 4, 4], float32 [1, 1, 3, 3]): conv2dInputGradient: 9 pixels do not'],
  [() => weightGradient([2, 3]), 'conv2dWeightGradient(float32 [1, 1, 8, 8], float32 [1, 1, 6, 6]): conv2dWeightGradient: a kernel of 2'],
  [() => ops.maxPool2d(x(1, 1, 4, 4), { kernel: 3, stride: 1, padding: 2 }), 'maxPool2d(float32 [1, 1, 4, 4]): maxPool2d: padding 2'],
  [() => ops.channelAffine(x(2, 3), x(2), x(3)), 'channelAffine(float32 [2, 3], float32 [2], float32 [3]): [2, 3] needs one'],
  [() => ops.batchNorm(x(2, 3), x(3), x(3, 1)), 'batchNorm(float32 [2, 3], float32 [3], float32 [3, 1]): [2, 3] needs one'],
  [() => ops.makeNode('exp', [], {}), 'exp(): takes 1 operands, got 0'],
]; // prettier-ignore

describe('a legal node has the shape that its op gives', () => {
  it.each(legal)('%s', (_, node, shape) => expect(node.shape).toEqual(shape));
});

describe('an illegal node is an error that names the op and the shapes', () => {
  it.each(illegal.map(([build, message]) => [message, build] as const))('%s', (message, build) => {
    expect(build).toThrow(message);
  });

  it('reduceMean over a named axis', () => {
    expect(() => ops.reduceMean(x('N', 3))).toThrow('[N, 3]: axis 0 has no size that is known here');
  });
});

function unslice(
  g: Node,
  shape: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[],
): Node {
  return ops.makeNode('unslice', [g], { shape, starts, ends, strides });
}

function conv(image: Node, kernel: Node): Node {
  return ops.conv2d(image, kernel, { stride: 1, padding: 0 });
}

function inputGradient(inputSize: readonly [number, number]): Node {
  return ops.makeNode('conv2dInputGradient', [x(1, 1, 4, 4), x(1, 1, 3, 3)], {
    stride: 1,
    padding: 0,
    inputSize,
  });
}

function weightGradient(kernelSize: readonly [number, number]): Node {
  return ops.makeNode('conv2dWeightGradient', [x(1, 1, 8, 8), x(1, 1, 6, 6)], {
    stride: 1,
    padding: 0,
    kernelSize,
  });
}
