import { describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { constant, scalar } from '../../main/engine/graph/ops.ts';
import { monitorNodes } from '../../main/training/monitors.ts';
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

    const axes = [0, 1, 2].flatMap((axis) =>
      [1, -1].map((sign) => [0, 1, 2].map((i) => (i === axis ? sign : 0))),
    );
    const spread = await monitors(axes, axes);
    expect(spread.spread).toBeCloseTo(1 / Math.sqrt(3));
    expect(spread.positiveCosine).toBeCloseTo(1);
    expect(spread.negativeCosine).toBeCloseTo(-1 / 5);
  });
});
