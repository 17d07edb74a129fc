import { describe, expect, it } from 'vitest';
import { add, gatherRows } from '../../../main/engine/graph/ops.ts';
import { vicreg, vicregLoss } from '../../../main/ssl/vicreg.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { integers, randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

const all = { invarianceWeight: 25, varianceWeight: 25, covarianceWeight: 1 };
const none = { invarianceWeight: 0, varianceWeight: 0, covarianceWeight: 0 };

async function loss(a: Tensor, b: Tensor, weights: Partial<typeof all> = all): Promise<number> {
  const result = await evaluate([a, b], ([x, y]) => vicregLoss(x, y, { ...none, ...weights }));
  return result.data[0];
}

describe('vicregLoss', () => {
  const [a, b] = [randomTensor([6, 3], 1), randomTensor([6, 3], 2)];

  it('does not change with the order of the images, nor when both views are moved alike', async () => {
    const order = integers([3, 1, 5, 0, 2, 4]);
    const [x, y] = await Promise.all(
      [a, b].map((z) => evaluate([z, order], ([rows, index]) => gatherRows(rows, index))),
    );
    expect(await loss(x, y)).toBeCloseTo(await loss(a, b), 9);
    const shift = tensor([3], [2, -7, 30]);
    const [p, q] = await Promise.all([a, b].map((z) => evaluate([z, shift], ([rows, s]) => add(rows, s))));
    expect(await loss(p, q)).toBeCloseTo(await loss(a, b), 9);
    expect(Math.abs((await loss(p, b)) - (await loss(a, b)))).toBeGreaterThan(1);
  });

  it('takes the mean of both views in the variance term, and the sum in the covariance term', async () => {
    // Dimension 1 has the unbiased variance 1.5, so no term; dimension 2 the variance 0.24.
    const x = tensor([4, 2], [1.5, 0.6, 0, 0, -1.5, -0.6, 0, 0]);
    const still = tensor([4, 2], [0, 0, 0, 0, 0, 0, 0, 0]);
    const term = (1 - Math.sqrt(0.24 + 1e-4)) / 2;
    expect(await loss(x, x, { varianceWeight: 1 })).toBeCloseTo(term, 10);
    // A view without variance adds 1 − 0.01 for each dimension.
    expect(await loss(x, still, { varianceWeight: 1 })).toBeCloseTo((term + 0.99) / 2, 10);
    // Covariance (2·1.5·0.6)/3 = 0.6, twice in the matrix, over d = 2.
    expect(await loss(x, still, { covarianceWeight: 1 })).toBeCloseTo(0.36, 10);
    expect(await loss(x, x, { covarianceWeight: 1 })).toBeCloseTo(0.72, 10);
    expect(await loss(x, still, { invarianceWeight: 1 })).toBeCloseTo((2 * (2.25 + 0.36)) / 8, 10);
  });

  it('has its published weights: the mean of the variance terms where its code has it, twice where the sum', () => {
    expect(vicreg.defaults('large').settings).toMatchObject(all);
    expect(vicreg.defaults('small').settings).toMatchObject({ ...all, varianceWeight: 50 });
  });
});
