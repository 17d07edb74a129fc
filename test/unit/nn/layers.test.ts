import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { feed } from '../../../main/engine/graph/ops.ts';
import { initialState } from '../../../main/nn/initialize.ts';
import { batchNorm, conv2d, globalAveragePool, linear } from '../../../main/nn/layers.ts';
import { createVariables, rootScope } from '../../../main/nn/variables.ts';
import { tensor } from '../../helpers/tensors.ts';
import type { Node, Tensor } from '../../../main/engine/graph/node.ts';
import type { Scope } from '../../../main/nn/variables.ts';

describe('linear', () => {
  it('multiplies by the rows of its weight and adds its bias', async () => {
    const y = await run((scope) => linear(scope, feed('x', ['N', 2]), { out: 3 }), {
      x: tensor([1, 2], [10, 1]),
      weight: tensor([3, 2], [1, 2, 3, 4, 5, 6]),
      bias: tensor([3], [0.5, 0, -0.5]),
    });
    expect([...y.data]).toEqual([12.5, 34, 55.5]);
  });

  it('declares no bias where none is asked for', () => {
    const variables = createVariables();
    linear(rootScope(variables, 'training').child('head'), feed('x', [2, 4]), { out: 3, bias: false });
    expect([...variables.declared.keys()]).toEqual(['head.weight']);
  });
});

describe('conv2d', () => {
  it('gives as many pixels as its stride and padding leave', () => {
    const x = feed('x', ['N', 3, 9, 7]);
    const scope = rootScope(createVariables(), 'training');
    expect(conv2d(scope, x, { out: 5, kernel: 3, stride: 2, padding: 1 }).shape).toEqual(['N', 5, 5, 4]);
  });
});

describe('globalAveragePool', () => {
  it('is the mean of each channel', async () => {
    const y = await run(() => globalAveragePool(feed('x', ['N', 2, 1, 2])), {
      x: tensor([1, 2, 1, 2], [1, 3, 10, 30]),
    });
    expect([...y.data]).toEqual([2, 20]);
  });
});

describe('batchNorm', () => {
  it('normalises by its buffers in inference, and leaves them', async () => {
    const variables = createVariables();
    const build = (scope: Scope): Node => batchNorm(scope, feed('x', ['N', 1]));
    build(rootScope(variables, 'inference'));
    expect(variables.updates.size).toBe(0);
    const y = await run(build, {
      x: tensor([2, 1], [3, 7]),
      weight: tensor([1], [2]),
      bias: tensor([1], [10]),
      running_mean: tensor([1], [3]),
      running_var: tensor([1], [4 - 1e-5]),
    });
    expect(y.data[0]).toBeCloseTo(10, 9);
    expect(y.data[1]).toBeCloseTo(14, 9);
  });

  it('refuses a batch that its splits do not divide', () => {
    const scope = rootScope(createVariables(), 'training');
    expect(() => batchNorm(scope, feed('x', [6, 3]), { splits: 4 })).toThrow(
      'a batch of 6 cannot be split into 4 equal groups',
    );
    expect(() => batchNorm(scope, feed('x', [6, 3]), { splits: 0 })).toThrow('0 equal groups');
  });

  it('refuses a batch with one value a channel, also after splitting', () => {
    const scope = rootScope(createVariables(), 'training').child('head');
    expect(() => batchNorm(scope, feed('x', [1, 3]))).toThrow('"head" gets 1');
    expect(() => batchNorm(scope, feed('x', [4, 3]), { splits: 4 })).toThrow('larger batch');
  });

  it('ignores splits in inference', () => {
    const scope = rootScope(createVariables(), 'inference');
    expect(batchNorm(scope, feed('x', ['N', 3]), { splits: 4 }).shape).toEqual(['N', 3]);
  });

  it('declares buffers but no parameters where it has no scale and shift', () => {
    const variables = createVariables();
    batchNorm(rootScope(variables, 'training'), feed('x', [4, 3]), { affine: false });
    expect([...variables.declared.keys()]).toEqual(['running_mean', 'running_var']);
  });
});

/** One layer in inference on `x`; the other values replace its variables. */
async function run(build: (scope: Scope) => Node, values: Readonly<Record<string, Tensor>>): Promise<Tensor> {
  const { x, ...state } = values;
  const variables = createVariables();
  const y = build(rootScope(variables, 'inference'));
  const program = await referenceExecutor.compile(
    { outputs: { y }, updates: {} },
    { ...initialState(variables, 0), ...state },
  );
  return (await program.step({ x })).y;
}
