import { describe, expect, it } from 'vitest';
import { hashGraph, printGraph } from '../../../main/engine/graph/print.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import type { Graph } from '../../../main/engine/graph/graph.ts';

interface Variation {
  readonly rate?: number;
  readonly stride?: number;
  readonly weights?: readonly number[];
  readonly batch?: number | string;
  readonly feedName?: string;
  readonly outputName?: string;
  readonly swapped?: boolean;
}

function example({
  rate = 0.1,
  stride = 1,
  weights = [1, 2],
  batch = 'N',
  feedName = 'x',
  outputName = 'mean',
  swapped = false,
}: Variation = {}): Graph {
  const x = ops.feed(feedName, [batch, 2, 4, 4]);
  const w = ops.state('w', [2, 2, 1, 1]);
  const y = ops.conv2d(x, w, { stride, padding: 0 });
  const scaled = ops.channelAffine(y, ops.constant(Float32Array.from(weights), [2]), ops.full(0, [2]));
  const decayed = swapped ? ops.subtract(ops.multiply(w, rate), w) : ops.subtract(w, ops.multiply(w, rate));
  return { outputs: { [outputName]: ops.reduceSum(scaled, [2, 3]) }, updates: { w: decayed } };
}

describe('printGraph', () => {
  it('prints a node a line, inputs before users, then the roots', () => {
    expect(printGraph(example())).toMatchInlineSnapshot(`
      "%0 = feed() {name: "x"} : float32 [N, 2, 4, 4]
      %1 = state() {name: "w"} : float32 [2, 2, 1, 1]
      %2 = conv2d(%0, %1) {stride: 1, padding: 0} : float32 [N, 2, 4, 4]
      %3 = constant() #b9c80b5adeca : float32 [2]
      %4 = constant() #374708fff771 : float32 [2]
      %5 = channelAffine(%2, %3, %4) : float32 [N, 2, 4, 4]
      %6 = reduceSum(%5) {axes: [2,3], keepDims: false} : float32 [N, 2]
      %7 = constant() 0.1 : float32 []
      %8 = multiply(%1, %7) : float32 [2, 2, 1, 1]
      %9 = subtract(%1, %8) : float32 [2, 2, 1, 1]
      output mean = %6
      update w = %9"
    `);
  });

  it('prints a shared node once', () => {
    const x = ops.exp(ops.feed('x', []));
    expect(printGraph({ outputs: { y: ops.add(x, x) }, updates: {} }).match(/exp/g)).toHaveLength(1);
  });
});

describe('hashGraph', () => {
  it('is equal for graphs built alike', () => {
    expect(hashGraph(example())).toBe(hashGraph(example()));
    expect(hashGraph(example())).toMatch(/^[0-9a-f]{64}$/);
  });

  const variations: readonly Variation[] = [
    { rate: 0.1 + 1e-12 },
    { stride: 2 },
    { weights: [1, 2.000001] },
    { batch: 8 },
    { batch: 'M' },
    { feedName: 'images' },
    { outputName: 'sum' },
    { swapped: true },
  ];
  it.each(variations)('differs with %j', (variation) => {
    expect(hashGraph(example(variation))).not.toBe(hashGraph(example()));
  });
});
