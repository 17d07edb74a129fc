import { describe, expect, it } from 'vitest';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { topologicalOrder } from '../../../main/engine/graph/graph.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import { evaluateAll } from '../../helpers/evaluate.ts';
import { gradientError } from '../../helpers/gradientCheck.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Node } from '../../../main/engine/graph/node.ts';

/** The gradients of `build`'s result by all inputs, each of which is one number. */
async function derivatives(
  values: readonly number[],
  build: (nodes: readonly Node[]) => Node,
): Promise<number[]> {
  const inputs = values.map((value) => tensor([], [value]));
  const results = await evaluateAll(inputs, (nodes) => gradients(build(nodes), nodes));
  return results.map(({ data }) => data[0]);
}

describe('gradients', () => {
  it('add up where a value is used more than once', async () => {
    expect(await derivatives([3], ([x]) => ops.add(ops.multiply(x, x), x))).toEqual([7]);
    const power8 = (x: Node): Node => ops.square(ops.square(ops.square(x)));
    expect(await derivatives([2], ([x]) => power8(x))).toEqual([8 * 2 ** 7]);
  });

  it('visit a shared subexpression once: 60 doublings are not 2⁶⁰ nodes', () => {
    let y: Node = ops.feed('x', []);
    const x = y;
    for (let i = 0; i < 60; i++) y = ops.add(y, y);
    expect(topologicalOrder(gradients(y, [x])).length).toBeLessThan(200);
  });

  it('are taken through long chains without overflowing the stack', () => {
    const x = ops.feed('x', []);
    let y: Node = x;
    for (let i = 0; i < 20_000; i++) y = ops.negate(y);
    expect(topologicalOrder(gradients(y, [x])).length).toBeGreaterThan(20_000);
  });

  it('are zeros of the right shape where the loss does not depend on the parameter', () => {
    const [x, other] = [ops.feed('x', [2]), ops.feed('other', [3, 4])];
    const [, zero] = gradients(ops.reduceSum(x), [x, other]);
    expect(zero.shape).toEqual([3, 4]);
    expect(zero.op).toBe('constant');
    const { value } = (zero as Node<'constant'>).attributes;
    expect(value.data.every((element) => element === 0)).toBe(true);
  });

  it('stop at stopGradient, and only there', async () => {
    expect(await derivatives([3], ([x]) => ops.multiply(x, ops.stopGradient(x)))).toEqual([3]);
    expect(await derivatives([3, 5], ([x, y]) => ops.multiply(ops.stopGradient(ops.exp(x)), y))).toEqual([
      0,
      Math.exp(3),
    ]);
  });

  it('of a value that is itself differentiated by are taken at that value and through it', async () => {
    const [dx, dy] = await evaluateAll([tensor([], [2])], ([x]) => {
      const y = ops.square(x);
      return gradients(ops.multiply(y, 3), [x, y]);
    });
    expect([dx.data[0], dy.data[0]]).toEqual([12, 3]);
  });

  it('of the loss by itself are 1', async () => {
    expect(await derivatives([5], ([x]) => x)).toEqual([1]);
  });

  it('accept a loss of one element with axes', () => {
    const x = ops.feed('x', [1, 1]);
    expect(gradients(ops.square(x), [x])[0].shape).toEqual([1, 1]);
  });

  it.each([[[2]], [[1, 3]], [['N']]])('refuse a loss of shape %j', (shape) => {
    const x = ops.feed('x', shape);
    expect(() => gradients(ops.square(x), [x])).toThrow(
      `gradients need a loss of one element, got [${shape.join(', ')}]`,
    );
  });

  it('flow to int32 inputs not at all', () => {
    const table = ops.feed('table', [3, 2]);
    const indices = ops.feed('indices', [4], 'int32');
    const [g, none] = gradients(ops.reduceSum(ops.gatherRows(table, indices)), [table, indices]);
    expect(g.shape).toEqual([3, 2]);
    expect(none.op).toBe('constant');
  });
});

describe('the gradient of a whole network', () => {
  const inputs = [
    randomTensor([3, 2, 7, 6], 1), // images
    randomTensor([3, 2, 7, 7], 2), // stem, stride 2, padding 3
    randomTensor([3], 3, 0.5, 1.5),
    randomTensor([3], 4),
    randomTensor([3, 3, 3, 3], 5),
    randomTensor([3, 5], 6), // projection
  ];

  /** Stem, batchNorm, a residual convolution, global mean, projection, cross-entropy between the two halves. */
  const build = ([x, stem, scale, shift, kernel, projection]: readonly Node[]): Node => {
    const normed = ops.tanh(ops.batchNorm(ops.conv2d(x, stem, { stride: 2, padding: 3 }), scale, shift));
    const features = ops.add(normed, ops.conv2d(normed, kernel, { stride: 1, padding: 1 }));
    const z = ops.matmul(ops.reduceMean(features, [2, 3]), projection);
    const norms = ops.sqrt(ops.reduceSum(ops.square(z), [1], true));
    const unit = ops.divide(z, norms);
    const similarities = ops.divide(ops.matmul(unit, unit, { transposeB: true }), 0.5);
    return ops.subtract(ops.logSumExp(similarities, [1]), ops.reduceSum(similarities, [0]));
  };

  it('agrees with central differences', async () => {
    expect(await gradientError({ name: 'network', inputs, build, twice: false }, 1)).toBeLessThan(1e-7);
  });
});
