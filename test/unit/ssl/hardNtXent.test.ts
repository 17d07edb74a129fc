import { describe, expect, it } from 'vitest';
import { hardNtXent, type HardNegativeOptions } from '../../../main/ssl/hardNtXent.ts';
import { l2Normalize } from '../../../main/ssl/l2Normalize.ts';
import { ntXent } from '../../../main/ssl/ntXent.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

const options: HardNegativeOptions = { temperature: 0.5, concentration: 1, classPrior: 0.1 };

async function loss(a: Tensor, b: Tensor, changes: Partial<HardNegativeOptions> = {}): Promise<number> {
  const result = await evaluate([a, b], ([x, y]) =>
    hardNtXent(l2Normalize(x), l2Normalize(y), { ...options, ...changes }),
  );
  return result.data[0];
}

async function plain(a: Tensor, b: Tensor, temperature = 0.5): Promise<number> {
  const result = await evaluate([a, b], ([x, y]) => ntXent(l2Normalize(x), l2Normalize(y), temperature));
  return result.data[0];
}

describe('hardNtXent', () => {
  const [a, b] = [randomTensor([6, 5], 1), randomTensor([6, 5], 2)];

  it('is NT-Xent without concentration and class prior', async () => {
    expect(await loss(a, b, { concentration: 0, classPrior: 0 })).toBeCloseTo(await plain(a, b), 9);
  });

  it('counts hard negatives the more, the greater the concentration', async () => {
    const at = (concentration: number): Promise<number> => loss(a, b, { concentration, classPrior: 0 });
    const [none, one, two] = await Promise.all([0, 1, 2].map(at));
    expect(one).toBeGreaterThan(none);
    expect(two).toBeGreaterThan(one);
  });

  it('is NT-Xent at any concentration where all negatives are alike hard', async () => {
    // Every view sees its twin at cosine 1 and the two of the other image at −1.
    const x = tensor([2, 2], [1, 0, -1, 0]);
    expect(await loss(x, x, { concentration: 3, classPrior: 0 })).toBeCloseTo(await plain(x, x), 9);
  });

  it('is what the formula gives, and never takes off more than the least that negatives can be', async () => {
    // Two negatives at cosine 0 for each view: e⁰ each; the positive at cosine 1, e².
    const x = tensor([2, 2], [1, 0, 0, 1]);
    const expected = (classPrior: number): number => {
      const debiased = (2 - classPrior * 2 * Math.exp(2)) / (1 - classPrior);
      return Math.log(1 + Math.max(debiased, 2 * Math.exp(-2)) / Math.exp(2));
    };
    expect(await loss(x, x, { classPrior: 0.05 })).toBeCloseTo(expected(0.05), 9);
    expect(expected(0.5)).toBeCloseTo(Math.log(1 + 2 * Math.exp(-4)), 12);
    expect(await loss(x, x, { classPrior: 0.5 })).toBeCloseTo(expected(0.5), 9);
  });

  it('is at the chance of NT-Xent for embeddings that are all one', async () => {
    const same = tensor(
      [8, 2],
      Array.from({ length: 16 }, (_, i) => 1 + (i % 2)),
    );
    expect(await loss(same, same)).toBeCloseTo(Math.log(15), 6);
  });

  it('stays finite at a temperature whose exponentials overflow float32', async () => {
    expect(Number.isFinite(await loss(a, b, { temperature: 0.005 }))).toBe(true);
  });
});
