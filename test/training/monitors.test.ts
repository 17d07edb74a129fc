import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { constant, scalar } from '../../main/engine/graph/ops.ts';
import { monitorNodes } from '../../main/training/monitors.ts';
import { randomTensor } from '../helpers/tensors.ts';
import type { Node } from '../../main/engine/graph/node.ts';

async function monitors(a: readonly number[][], b: readonly number[][]): Promise<Record<string, number>> {
  const node = (rows: readonly number[][]): Node =>
    constant(Float64Array.from(rows.flat()), [rows.length, rows[0].length]);
  const outputs = { ...monitorNodes({ loss: scalar(3), embeddings: [node(a), node(b)] }) };
  const program = await referenceExecutor.compile({ outputs, updates: {} }, {});
  return Object.fromEntries(
    Object.entries(await program.step({})).map(([name, { data }]) => [name, data[0]]),
  );
}

describe('monitors', () => {
  it('measure rows by their direction', async () => {
    // Unit rows (1,0), (0,1) against (0,1), (0,1): positives 0 and 1; negatives a₀·b₁ = 0, a₁·b₀ = 1.
    const found = await monitors(
      [
        [5, 0],
        [0, 0.1],
      ],
      [
        [0, 2],
        [0, 3],
      ],
    );
    expect(found.loss).toBe(3);
    expect(found.positiveCosine).toBeCloseTo(0.5);
    expect(found.negativeCosine).toBeCloseTo(0.5);
    // a: both coordinates are 0 and 1, deviation ½; b: none.
    expect(found.spread).toBeCloseTo(0.25);
  });

  it('show a full collapse and embeddings that fill their space', async () => {
    const same = Array.from({ length: 6 }, () => [0.3, -0.2, 0.9]);
    const collapsed = await monitors(same, same);
    expect(collapsed.spread).toBeCloseTo(0);
    expect(collapsed.negativeCosine).toBeCloseTo(1);
    expect(collapsed.hardestNegativeCosine).toBeCloseTo(1);
    expect(collapsed.uniformity).toBeCloseTo(0);

    const axes = [0, 1, 2].flatMap((axis) =>
      [1, -1].map((sign) => [0, 1, 2].map((i) => (i === axis ? sign : 0))),
    );
    const spread = await monitors(axes, axes);
    expect(spread.spread).toBeCloseTo(1 / Math.sqrt(3));
    expect(spread.positiveCosine).toBeCloseTo(1);
    expect(spread.negativeCosine).toBeCloseTo(-1 / 5);
  });

  it('tell how hard the negatives are', async () => {
    // Cosines of a₀ to b: 0.6 with its own view, 1 and 0 with the others; a₁: 1, −1 and 0; a₂: 0, 0 and 1.
    const found = await monitors(
      [
        [1, 0, 0],
        [-1, 0, 0],
        [0, 0, 1],
      ],
      [
        [0.6, 0.8, 0],
        [1, 0, 0],
        [0, 0, 2],
      ],
    );
    // Harder than the positive: (0, 1) at 1 > 0.6; (1, 0) at −0.6 and (1, 2) at 0, both > −1.
    expect(found.hardNegativeShare).toBeCloseTo(3 / 6);
    expect(found.hardestNegativeCosine).toBeCloseTo((1 + 0 + 0) / 3);
    const others = [1, 0, -0.6, 0, 0, 0];
    expect(found.negativeCosine).toBeCloseTo(others.reduce((sum, cosine) => sum + cosine) / 6);
    const potentials = others.map((cosine) => Math.exp(-2 * (2 - 2 * cosine)));
    expect(found.uniformity).toBeCloseTo(Math.log(potentials.reduce((sum, value) => sum + value) / 6));
  });

  it('find half of the negatives hard where nothing is learned, and none where all is', async () => {
    const rows = (seed: number): number[][] => {
      const { data } = randomTensor([64, 8], seed);
      return Array.from({ length: 64 }, (_, i) => [...data.slice(8 * i, 8 * i + 8)]);
    };
    const chance = await monitors(rows(1), rows(2));
    expect(Math.abs(chance.hardNegativeShare - 0.5)).toBeLessThan(0.08);
    const solved = await monitors(rows(1), rows(1));
    expect(solved.hardNegativeShare).toBe(0);
    expect(solved.hardestNegativeCosine).toBeLessThan(1);
    expect(solved.uniformity).toBeLessThan(-2);
  });
});
