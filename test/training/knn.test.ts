import { describe, expect, it } from 'vitest';
import { knnAccuracy, knnClassify, type Features } from '../../main/training/knn.ts';

function features(rows: readonly (readonly number[])[]): Features {
  return { data: Float32Array.from(rows.flat()), count: rows.length, size: rows[0].length };
}

/** A unit vector at an angle in degrees, times a length that must not matter. */
const at = (degrees: number, length = 1): number[] => {
  const radians = (degrees * Math.PI) / 180;
  return [length * Math.cos(radians), length * Math.sin(radians)];
};

describe('knnClassify', () => {
  it('weighs votes by exp(cosine / τ)', () => {
    // One neighbour at 10° against two at 40°: e^(0.985/τ) against 2·e^(0.766/τ). They tie at τ = 0.219/ln 2 = 0.316.
    const train = features([at(10), at(40, 3), at(-40)]);
    const classify = (temperature: number): number[] =>
      knnClassify(train, [0, 1, 1], features([at(0, 5)]), { temperature });
    expect(classify(0.3)).toEqual([0]);
    expect(classify(0.33)).toEqual([1]);
  });

  it('lets only the k nearest vote', () => {
    const train = features([at(1), at(20), at(21), at(22)]);
    expect(knnClassify(train, [7, 2, 2, 2], features([at(0)]), { k: 1, temperature: 10 })).toEqual([7]);
    expect(knnClassify(train, [7, 2, 2, 2], features([at(0)]), { k: 4, temperature: 10 })).toEqual([2]);
  });

  it('survives rows of zeros and temperatures that overflow exp', () => {
    const train = features([[0, 0], at(0)]);
    expect(knnClassify(train, [3, 4], features([at(5)]), { temperature: 1e-4 })).toEqual([4]);
  });
});

describe('knnAccuracy', () => {
  it('leaves each row out of its own vote', () => {
    // Every row's nearest other row is of the other class: right only if it could vote for itself.
    const rows = features([at(0), at(1), at(90), at(91)]);
    expect(knnAccuracy(rows, [0, 1, 0, 1], { k: 1 })).toBe(0);
    expect(knnAccuracy(rows, [0, 0, 1, 1], { k: 1 })).toBe(1);
    expect(knnAccuracy(rows, [0, 0, 1, 0], { k: 1 })).toBe(0.5);
  });

  it('has no figure for one row', () => {
    expect(knnAccuracy(features([at(0)]), [0])).toBeNaN();
  });
});
