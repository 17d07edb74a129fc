import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { constant } from '../../main/engine/graph/ops.ts';
import { gramNode, rankMe } from '../../main/training/rankMe.ts';
import { symmetricEigenvalues } from '../../main/training/symmetricEigenvalues.ts';
import { randomTensor, tensor } from '../helpers/tensors.ts';
import type { Tensor } from '../../main/engine/graph/node.ts';

async function gramOf({ data, shape }: Tensor): Promise<Tensor> {
  const rows = constant(data, shape);
  const program = await referenceExecutor.compile(
    { outputs: { gram: gramNode({ embeddings: [rows, rows] }) }, updates: {} },
    {},
  );
  return (await program.step({})).gram;
}

const rank = async (rows: Tensor): Promise<number> => rankMe(await gramOf(rows));

describe('symmetricEigenvalues', () => {
  it('finds those that are known', () => {
    // The second difference of n points: 2 − 2·cos(πk/(n + 1)).
    const n = 12;
    const matrix = Array.from({ length: n * n }, (_, at) => {
      const distance = Math.abs(Math.floor(at / n) - (at % n));
      return distance === 0 ? 2 : distance === 1 ? -1 : 0;
    });
    const expected = Array.from({ length: n }, (_, i) => 2 - 2 * Math.cos((Math.PI * (n - i)) / (n + 1)));
    symmetricEigenvalues(matrix, n).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 10));
  });

  it('finds those of a full matrix: their sum, the sum of their squares, and one that is 0', () => {
    const n = 9;
    const { data } = randomTensor([n, n], 1);
    const full = Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return data[i * n + j] + data[j * n + i];
    });
    const values = symmetricEigenvalues(full, n);
    const sum = (of: ArrayLike<number>, power: number): number =>
      Array.from(of).reduce((total, value) => total + value ** power, 0);
    expect(sum(values, 1)).toBeCloseTo(
      Array.from({ length: n }, (_, i) => full[i * n + i]).reduce((a, b) => a + b),
      9,
    );
    expect(sum(values, 2)).toBeCloseTo(sum(full, 2), 8);
    expect([...values]).toEqual([...values].sort((a, b) => b - a));
    expect([...symmetricEigenvalues([0, 0, 0, 0], 2)]).toEqual([0, 0]);
    expect(symmetricEigenvalues([5], 1)[0]).toBeCloseTo(5, 12);
  });
});

describe('rankMe', () => {
  it('is the number of directions that are used alike', async () => {
    const axes = tensor([6, 4], [1, 0, 0, 0, 0, 3, 0, 0, 0, 0, -2, 0, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1, 0]);
    expect(await rank(axes)).toBeCloseTo(3, 4);
    expect((await gramOf(axes)).shape).toEqual([4, 4]);
  });

  it('is what numpy finds', async () => {
    // numpy: Z = rows of unit length, s = svd(Z), p = s/s.sum() + 1e-7, exp(-(p*log(p)).sum())
    const rows = tensor([4, 3], [1, 2, 2, 2, -1, 2, 0, 3, 4, 1, 1, -1]);
    expect(await rank(rows)).toBeCloseTo(2.914936914, 6);
  });

  it('is 1 where all embeddings are one, or nothing', async () => {
    const same = tensor(
      [5, 3],
      Array.from({ length: 15 }, (_, i) => 1 + (i % 3)),
    );
    expect(await rank(same)).toBeCloseTo(1, 2);
    expect(await rank(tensor([5, 3], new Array<number>(15).fill(0)))).toBe(1);
  });

  it('takes the smaller of both products, of at most 256 images', async () => {
    const wide = randomTensor([6, 20], 1);
    expect((await gramOf(wide)).shape).toEqual([6, 6]);
    expect(await rank(wide)).toBeGreaterThan(5);
    const many = constant(new Float32Array(300 * 300), [300, 300]);
    expect(gramNode({ embeddings: [many, many] }).shape).toEqual([256, 256]);
  });
});
