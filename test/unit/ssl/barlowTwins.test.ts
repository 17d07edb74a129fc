import { describe, expect, it } from 'vitest';
import { add, multiply } from '../../../main/engine/graph/ops.ts';
import { barlowTwinsLoss } from '../../../main/ssl/barlowTwins.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

const redundancyWeight = 0.1;

async function loss(a: Tensor, b: Tensor): Promise<number> {
  const result = await evaluate([a, b], ([x, y]) => barlowTwinsLoss(x, y, redundancyWeight));
  return result.data[0];
}

describe('barlowTwinsLoss', () => {
  it('does not change when each dimension is stretched and moved', async () => {
    const a = randomTensor([8, 3], 1);
    const b = randomTensor([8, 3], 2);
    const moved = await evaluate(
      [a, tensor([3], [5, 200, 40]), tensor([3], [1, -3, 9])],
      ([x, scale, shift]) => add(multiply(x, scale), shift),
    );
    // Not exactly: the variance has an epsilon of 1e-5.
    expect(Math.abs((await loss(moved, b)) / (await loss(a, b)) - 1)).toBeLessThan(1e-4);
  });

  it('is zero for views that agree in dimensions that are independent', async () => {
    const x = tensor([4, 3], [1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1]);
    expect(Math.abs(await loss(x, x))).toBeLessThan(1e-8);
  });

  it('is the redundancy alone for views that agree in dimensions that are all the same', async () => {
    const x = tensor([4, 3], [1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1]);
    expect(await loss(x, x)).toBeCloseTo(redundancyWeight * 3 * 2, 4);
  });

  it('is near one a dimension for views that have nothing in common', async () => {
    const [a, b] = [randomTensor([512, 8], 3), randomTensor([512, 8], 4)];
    expect(Math.abs((await loss(a, b)) / 8 - 1)).toBeLessThan(0.15);
  });
});
