import { describe, expect, it } from 'vitest';
import { createReferenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { graphNodes } from '../../main/engine/graph/graph.ts';
import {
  add,
  channelAffine,
  constant,
  conv2d,
  divide,
  feed,
  multiply,
  reduceSum,
  sqrt,
} from '../../main/engine/graph/ops.ts';
import { foldGraph } from '../../main/exporter/foldGraph.ts';
import type { Node, Tensor } from '../../main/engine/graph/node.ts';

const vector = (...values: number[]): Node => constant(Float64Array.from(values), [values.length]);
const pixels = Float64Array.from({ length: 2 * 2 * 5 * 4 }, (_, i) => Math.sin(i));
const x: Tensor = { dtype: 'float32', shape: [2, 2, 5, 4], data: pixels };

async function run(y: Node): Promise<number[]> {
  const program = await createReferenceExecutor().compile({ outputs: { y }, updates: {} }, {});
  return [...(await program.step({ x })).y.data];
}

const images = feed('x', ['N', 2, 5, 4]);
const kernel = constant(
  Float64Array.from({ length: 3 * 2 * 9 }, (_, i) => Math.cos(3 * i)),
  [3, 2, 3, 3],
);
const scale = divide(vector(1, 2, 3), sqrt(vector(4, 5, 6)));
const convolution = conv2d(images, kernel, { stride: 2, padding: 1 });

describe('folding', () => {
  it('merges scale and shift into the convolution before them, and computes what no feed decides', async () => {
    const y = channelAffine(convolution, scale, vector(-1, 0, 1));
    const { y: folded } = foldGraph({ y });
    expect(graphNodes({ outputs: { folded }, updates: {} }).map(({ op }) => op)).toEqual([
      'feed',
      'constant',
      'conv2d',
      'constant',
      'add',
    ]);
    expect(folded.shape).toEqual(y.shape);
    const [expected, found] = [await run(y), await run(folded)];
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  it('leaves a convolution as it is for its other users', async () => {
    const y = add(channelAffine(convolution, scale, vector(0, 0, 0)), convolution);
    const { y: folded } = foldGraph({ y });
    const [expected, found] = [await run(y), await run(folded)];
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  it('leaves alone what feeds decide', async () => {
    const y = channelAffine(multiply(images, images), vector(1, 2), reduceSum(images, [0, 2, 3]));
    expect(foldGraph({ y }).y).toBe(y);
  });
});
