import { describe, expect, it } from 'vitest';
import { gatherRows, transpose } from '../../../main/engine/graph/ops.ts';
import { sinkhorn } from '../../../main/ssl/sinkhorn.ts';
import { evaluate } from '../../helpers/evaluate.ts';
import { integers, randomTensor, tensor } from '../../helpers/tensors.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

const [samples, prototypes] = [12, 4];
const scores = randomTensor([samples, prototypes], 1);

async function assigned(x: Tensor, iterations: number): Promise<number[][]> {
  const { data } = await evaluate([x], ([s]) => sinkhorn(s, { epsilon: 0.3, iterations }));
  return rowsOf(data, x.shape[1]);
}

function rowsOf(data: ArrayLike<number>, width: number): number[][] {
  const all = Array.from(data);
  return Array.from({ length: all.length / width }, (_, i) => all.slice(i * width, (i + 1) * width));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** How much of all samples each prototype gets. */
function shares(rows: readonly number[][]): number[] {
  return rows[0].map((_, column) => total(rows.map((row) => row[column])));
}

describe('sinkhorn', () => {
  it.each([0, 1, 3, 50])('gives each sample one assignment in all: %d iterations', async (iterations) => {
    for (const row of await assigned(scores, iterations)) expect(total(row)).toBeCloseTo(1, 12);
  });

  it('gives each prototype an equal share, the nearer the more iterations', async () => {
    const unequal = async (iterations: number): Promise<number> =>
      Math.max(...shares(await assigned(scores, iterations)).map((share) => Math.abs(share - 3)));
    expect(await unequal(3)).toBeLessThan(0.2 * (await unequal(0)));
    expect(await unequal(50)).toBeLessThan(1e-6);
  });

  it('balances scores that all prefer one prototype', async () => {
    const preferred = Array.from(scores.data, (value, i) => (i % prototypes === 0 ? 1 : value / 10));
    const one = tensor([samples, prototypes], preferred);
    expect(shares(await assigned(one, 0))[0]).toBeGreaterThan(0.8 * samples);
    for (const share of shares(await assigned(one, 50))) expect(share).toBeCloseTo(3, 6);
  });

  it('follows the prototypes when they are numbered otherwise', async () => {
    const order = [2, 0, 3, 1];
    const { data } = await evaluate([scores, integers(order)], ([s, at]) =>
      sinkhorn(transpose(gatherRows(transpose(s, [1, 0]), at), [1, 0]), { epsilon: 0.3, iterations: 3 }),
    );
    const plain = await assigned(scores, 3);
    rowsOf(data, prototypes).forEach((row, i) =>
      row.forEach((value, k) => expect(value).toBeCloseTo(plain[i][order[k]], 12)),
    );
  });

  it('lets rows without weight count for nothing', async () => {
    const weights = tensor(
      [samples, 1],
      Array.from({ length: samples }, (_, i) => (i < 5 ? 1 : 0)),
    );
    const { data } = await evaluate([scores, weights], ([s, w]) =>
      sinkhorn(s, { epsilon: 0.3, iterations: 3, weights: w }),
    );
    const few = tensor([5, prototypes], Array.from(scores.data.slice(0, 5 * prototypes)));
    const alone = (await assigned(few, 3)).flat();
    alone.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 12));
  });
});
