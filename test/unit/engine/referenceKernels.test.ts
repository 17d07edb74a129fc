import { describe, expect, it } from 'vitest';
import * as ops from '../../../main/engine/graph/ops.ts';
import { batchStatistics } from '../../../main/engine/graph/batchStatistics.ts';
import { evaluate, evaluateAll } from '../../helpers/evaluate.ts';
import { integers, randomTensor, tensor } from '../../helpers/tensors.ts';
import { forwardCases, type ForwardCase } from './forwardCases.ts';

for (const [op, cases] of Object.entries<readonly ForwardCase[]>(forwardCases)) {
  describe(`the reference kernel of ${op}`, () => {
    it.each(cases.map((testCase) => [testCase.expected.join(', '), testCase] as const))(
      'gives %s',
      async (_, { inputs, build, shape, expected, dtype = 'float32' }) => {
        const result = await evaluate(inputs, build);
        expect(result.dtype).toBe(dtype);
        expect(result.shape).toEqual(shape);
        expect(result.data.length).toBe(expected.length);
        for (const [i, value] of expected.entries()) expect(result.data[i]).toBeCloseTo(value, 12);
      },
    );
  });
}

describe('row indices out of range', () => {
  it.each([-1, 3])('%i is an error that names the op', async (index) => {
    const inputs = [randomTensor([3, 2], 1), integers([index])];
    await expect(evaluate(inputs, ([table, rows]) => ops.gatherRows(table, rows))).rejects.toThrow(
      `gatherRows(float32 [3, 2], int32 [1]): row index ${index} is not one of 3 rows`,
    );
  });
});

describe('compositions of ops', () => {
  it('reduceMean divides by the number of elements', async () => {
    const mean = await evaluate([tensor([2, 3], [1, 2, 3, 4, 5, 6])], ([x]) => ops.reduceMean(x, [1]));
    expect([...mean.data]).toEqual([2, 5]);
  });

  it('logSumExp of large numbers does not overflow', async () => {
    const x = tensor([2, 2], [1000, 1000, -1000, -1000]);
    const result = await evaluate([x], ([node]) => ops.logSumExp(node, [1]));
    expect(result.shape).toEqual([2]);
    expect(result.data[0]).toBeCloseTo(1000 + Math.LN2, 9);
    expect(result.data[1]).toBeCloseTo(-1000 + Math.LN2, 9);
  });

  it('batchStatistics are those that batchNorm normalises by', async () => {
    const inputs = [randomTensor([3, 2, 4, 5], 7), tensor([2], [1, 1]), tensor([2], [0, 0])];
    const [normalized, affine] = await evaluateAll(inputs, ([x, scale, shift]) => {
      const { mean, inverseDeviation } = batchStatistics(x, 0.01);
      const shifted = ops.negate(ops.multiply(mean, inverseDeviation));
      return [ops.batchNorm(x, scale, shift, 0.01), ops.channelAffine(x, inverseDeviation, shifted)];
    });
    normalized.data.forEach((value, i) => expect(affine.data[i]).toBeCloseTo(value, 12));
  });
});
