import { describe, expect, it } from 'vitest';
import { multiply } from '../../../main/engine/graph/ops.ts';
import { l2Normalize } from '../../../main/ssl/l2Normalize.ts';
import { ntXent } from '../../../main/ssl/ntXent.ts';
import { simclr } from '../../../main/ssl/simclr.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

async function loss(a: Tensor, b: Tensor, { scale = 1, temperature = 0.5 } = {}): Promise<number> {
  const result = await evaluate([a, b], ([x, y]) =>
    ntXent(l2Normalize(multiply(x, scale)), l2Normalize(y), temperature),
  );
  return result.data[0];
}

describe('ntXent', () => {
  const a = randomTensor([6, 5], 1);
  const b = randomTensor([6, 5], 2);

  it('does not change with the length of the embeddings', async () => {
    expect(await loss(a, b, { scale: 7 })).toBeCloseTo(await loss(a, b), 10);
  });

  it('does not change when the views are swapped', async () => {
    expect(await loss(b, a)).toBeCloseTo(await loss(a, b), 12);
  });

  it('is what the formula gives for two images with opposite embeddings', async () => {
    const x = tensor([2, 2], [1, 0, -1, 0]);
    // Each view sees its twin at similarity 1 and the two of the other image at −1.
    const expected = -Math.log(Math.exp(2) / (Math.exp(2) + 2 * Math.exp(-2)));
    expect(await loss(x, x)).toBeCloseTo(expected, 10);
  });

  it('is at chance for random embeddings', async () => {
    const chance = simclr.chanceLoss(simclr.defaults('small').settings, 64);
    const random = await loss(randomTensor([64, 128], 3), randomTensor([64, 128], 4));
    expect(chance).toBeCloseTo(Math.log(127), 12);
    expect(Math.abs(random - Number(chance))).toBeLessThan(0.1);
  });

  it('stays finite at a temperature whose exponentials overflow float32', async () => {
    expect(await loss(a, a, { temperature: 0.005 })).toBeLessThan(0.1);
  });
});
