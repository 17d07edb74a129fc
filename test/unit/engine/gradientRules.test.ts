import { describe, expect, it } from 'vitest';
import { gradients } from '../../../main/engine/gradient/gradients.ts';
import { gradientRules } from '../../../main/engine/gradient/rules.ts';
import * as ops from '../../../main/engine/graph/ops.ts';
import { evaluate, evaluateAll } from '../../helpers/evaluate.ts';
import { gradientError, type GradientCase } from '../../helpers/gradientCheck.ts';
import { randomTensor, tensor } from '../../helpers/tensors.ts';
import { gradientCases } from './gradientCases.ts';
import type { Node, Op } from '../../../main/engine/graph/node.ts';

const tolerance = 1e-7;

for (const op of Object.keys(gradientCases) as Op[]) {
  const cases = gradientCases[op];
  describe(`the gradient of ${op}`, () => {
    if (typeof cases === 'string') {
      it(`is declared "${cases}"`, () => expect(gradientRules[op]).toBe(cases));
      return;
    }
    it('has a rule', () => expect(gradientRules[op]).toBeTypeOf('function'));
    for (const testCase of cases) {
      it(`${testCase.name} agrees with central differences`, async () => {
        expect(await gradientError(testCase, 1)).toBeLessThan(tolerance);
      });
      if (!testCase.twice) continue;
      it(`${testCase.name} has a gradient that agrees with central differences`, async () => {
        expect(await gradientError(testCase, 2)).toBeLessThan(tolerance);
      });
    }
  });
}

describe('the gradient check', () => {
  const wrong: GradientCase = {
    name: 'x·stop(x)',
    inputs: [randomTensor([3], 1, 1, 2)],
    build: ([x]) => ops.multiply(x, ops.stopGradient(x)),
    twice: true,
  };

  it('finds a gradient that is half of what it should be', async () => {
    expect(await gradientError(wrong, 1)).toBeCloseTo(0.5, 6);
  });

  it('finds a second derivative that is missing', async () => {
    expect(await gradientError(wrong, 2)).toBeCloseTo(1, 6);
  });
});

describe('ops whose derivative is zero', () => {
  const zeroOps: readonly (readonly [string, (x: Node) => Node])[] = [
    ['iota', (x) => ops.iota(x, 0)],
    ['step', (x) => ops.step(x)],
    ['stopGradient', (x) => ops.stopGradient(x)],
    ['equal', (x) => ops.equal(x, ops.negate(x))],
    ['cast to int32', (x) => ops.cast(ops.cast(x, 'int32'), 'float32')],
  ];
  it.each(zeroOps)('%s lets nothing through', async (_, build) => {
    const x = randomTensor([4], 1);
    const result = await evaluate([x], ([node]) => gradients(ops.reduceSum(build(node)), [node])[0]);
    expect([...result.data]).toEqual([0, 0, 0, 0]);
  });

  it('differentiating through maxPool2dGradient is an error that names it', () => {
    const x = ops.feed('x', [1, 1, 4, 4]);
    const once = gradients(ops.reduceSum(ops.maxPool2d(x, { kernel: 2, stride: 2, padding: 0 })), [x])[0];
    expect(() => gradients(ops.reduceSum(ops.square(once)), [x])).toThrow(
      'maxPool2dGradient has no gradient',
    );
  });
});

describe('gradients at ties', () => {
  const gradientAt = async (
    values: readonly (readonly number[])[],
    build: (nodes: readonly Node[]) => Node,
  ): Promise<number[][]> => {
    const inputs = values.map((row) => tensor([row.length], row));
    const results = await evaluateAll(inputs, (nodes) => gradients(ops.reduceSum(build(nodes)), nodes));
    return results.map(({ data }) => [...data]);
  };

  it('maximum and minimum give each of two equal operands half', async () => {
    const values = [[1, 2, 3], [1, 5, 2]] as const; // prettier-ignore
    expect(await gradientAt(values, ([a, b]) => ops.maximum(a, b))).toEqual([[0.5, 0, 1], [0.5, 1, 0]]); // prettier-ignore
    expect(await gradientAt(values, ([a, b]) => ops.minimum(a, b))).toEqual([[0.5, 1, 0], [0.5, 0, 1]]); // prettier-ignore
  });

  it('reduceMax shares the gradient between equal maxima', async () => {
    expect(await gradientAt([[2, 7, 7, 1]], ([x]) => ops.reduceMax(x))).toEqual([[0, 0.5, 0.5, 0]]);
  });

  it('relu and clamp pass nothing at the kink', async () => {
    expect(await gradientAt([[-1, 0, 1]], ([x]) => ops.relu(x))).toEqual([[0, 0, 1]]);
    expect(await gradientAt([[-1, 0, 1, 2]], ([x]) => ops.clamp(x, 0, 2))).toEqual([[0, 0, 1, 0]]);
  });

  it('maxPool2d 3×3, stride 2, padding 1 gives each window to its first maximum', async () => {
    // Windows of rows and columns (0–1, 1–3, 3–4); −1 everywhere but at 3s, so that padding would win as 0.
    const x = tensor([1, 1, 5, 5], [
      -1, -1, -1, -1, -1,
      -1,  3, -1,  3, -1,
      -1, -1, -1, -1, -1,
      -1,  3, -1, -1, -1,
      -1, -1, -1, -1, -1,
    ]); // prettier-ignore
    const weights = ops.constant(Float64Array.of(1, 2, 4, 8, 16, 32, 64, 128, 256), [1, 1, 3, 3]);
    const result = await evaluate([x], ([node]) => {
      const pooled = ops.maxPool2d(node, { kernel: 3, stride: 2, padding: 1 });
      return gradients(ops.reduceSum(ops.multiply(pooled, weights)), [node])[0];
    });
    expect([...result.data]).toEqual([
      0, 0,              0, 0,      0,
      0, 1 + 2 + 8 + 16, 0, 4 + 32, 0,
      0, 0,              0, 0,      0,
      0, 64 + 128,       0, 256,    0,
      0, 0,              0, 0,      0,
    ]); // prettier-ignore
  });
});
