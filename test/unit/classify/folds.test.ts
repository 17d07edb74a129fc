import { describe, expect, it } from 'vitest';
import { foldSplits, stratifiedFolds, stratifiedSplit } from '../../../main/classify/folds.ts';

const labels = [...new Array<number>(11).fill(2), ...new Array<number>(7).fill(0), 1, 1, 1];

function countsPerFold(folds: Int32Array, k: number, label: number): number[] {
  return Array.from(
    { length: k },
    (_, fold) => labels.filter((own, row) => own === label && folds[row] === fold).length,
  );
}

describe('stratifiedFolds', () => {
  const k = 5;
  const folds = stratifiedFolds(labels, k, 3);

  it.each([0, 1, 2])('deals class %i out evenly', (label) => {
    const counts = countsPerFold(folds, k, label);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  });

  it('makes folds of equal size', () => {
    const sizes = foldSplits(folds, k).map(({ test }) => test.length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it('measures every row once, on what was not learnt from', () => {
    const splits = foldSplits(folds, k);
    const measured = splits.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
    expect(measured).toEqual(labels.map((_, row) => row));
    for (const { train, test } of splits) {
      expect(new Set([...train, ...test]).size).toBe(labels.length);
      expect(train.length + test.length).toBe(labels.length);
    }
  });

  it('depends on the seed and on nothing else', () => {
    expect(stratifiedFolds(labels, k, 3)).toEqual(folds);
    expect(stratifiedFolds(labels, k, 4)).not.toEqual(folds);
  });
});

describe('stratifiedSplit', () => {
  it('puts the same share of each class aside, and never all of one', () => {
    const { train, test } = stratifiedSplit([...labels, 3], 0.3, 1);
    const count = (rows: Int32Array, label: number): number =>
      rows.filter((row) => [...labels, 3][row] === label).length;
    expect([2, 0, 1, 3].map((label) => count(test, label))).toEqual([3, 2, 1, 0]);
    expect([2, 0, 1, 3].map((label) => count(train, label))).toEqual([8, 5, 2, 1]);
  });
});
