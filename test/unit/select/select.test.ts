import { afterAll, describe, expect, it } from 'vitest';
import { referenceExecutor } from '../../../main/engine/execute/reference/referenceExecutor.ts';
import { randomStream } from '../../../main/nn/random.ts';
import { chooseTypical } from '../../../main/select/chooseTypical.ts';
import { chooseUncertain, margins } from '../../../main/select/chooseUncertain.ts';
import { kMeans } from '../../../main/select/kMeans.ts';
import { nearestTo } from '../../../main/select/nearestTo.ts';
import { createRowProducts } from '../../../main/select/rowProducts.ts';
import { spreadAmong } from '../../../main/select/spreadAmong.ts';
import { byTypicality, typicalities } from '../../../main/select/typicality.ts';
import { clusteredRows, rowsAtAngles } from './clusteredRows.ts';

const flat = createRowProducts(referenceExecutor, 2);
const products = createRowProducts(referenceExecutor, 16);
afterAll(async () => {
  await flat.dispose();
  await products.dispose();
});

const random = () => randomStream(3, 'test');
const none = (count: number): Uint8Array => new Uint8Array(count);

describe('row products', () => {
  it('are dot products, also where rows and columns do not fill their blocks', async () => {
    const a = rowsAtAngles(Array.from({ length: 37 }, (_, i) => 7 * i));
    const b = rowsAtAngles(Array.from({ length: 21 }, (_, i) => 11 * i));
    await flat.each(a, b, (dots, first, count) => {
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < 21; j++) {
          expect(dots[i * 21 + j]).toBeCloseTo(Math.cos(((7 * (first + i) - 11 * j) * Math.PI) / 180), 5);
        }
      }
    });
  });
});

describe('kMeans', () => {
  it('finds clusters that lie apart', async () => {
    const { rows, clusterOf } = clusteredRows([30, 20, 10]);
    const { assignment } = await kMeans(rows, 3, products, random());
    const pairs = new Set(assignment.map((cluster, row) => 10 * cluster + clusterOf[row]));
    expect(pairs.size).toBe(3);
  });

  it('takes copies of one row', async () => {
    const rows = rowsAtAngles(new Array<number>(12).fill(40));
    const { assignment } = await kMeans(rows, 4, flat, random());
    expect(assignment).toHaveLength(12);
  });
});

describe('typicality', () => {
  it('is 1 over the mean distance to the nearest half', async () => {
    // Chords of 10°, 10°, 20° between neighbours at 0, 10, 20 and 90 degrees; k = 2.
    const chord = (degrees: number): number => 2 * Math.sin((degrees * Math.PI) / 360);
    const found = await typicalities(rowsAtAngles([0, 10, 20, 90]), flat);
    expect(found[1]).toBeCloseTo(1 / (chord(10) + 1e-5), 2);
    expect(found[0]).toBeCloseTo(1 / ((chord(10) + chord(20)) / 2 + 1e-5), 2);
    expect(found[3]).toBeCloseTo(1 / ((chord(70) + chord(80)) / 2 + 1e-5), 2);
  });

  it('puts what lies among many first and the outlier last, and knows a row alone', async () => {
    const rows = rowsAtAngles([200, 0, 1, 2, 3, 4, 40]);
    const order = await byTypicality(rows, Int32Array.of(6, 1, 2, 3, 4, 5), flat);
    expect([2, 3, 4]).toContain(order[0]);
    expect(order[5]).toBe(6);
    expect([...(await typicalities(rowsAtAngles([5]), flat))]).toEqual([0]);
  });
});

describe('chooseTypical', () => {
  it('asks about each cluster once, the largest first, each time for one of its middle', async () => {
    const angles = [
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8],
      ...[90, 91, 92, 93, 94, 95, 96],
      ...[180, 181, 182, 183, 184, 185],
    ];
    const rows = rowsAtAngles(angles);
    const chosen = await chooseTypical({
      rows,
      labelled: none(22),
      count: 3,
      products: flat,
      random: random(),
    });
    [4, 93, 182.5].forEach((middle, i) => {
      expect(Math.abs(angles[chosen[i]] - middle)).toBeLessThanOrEqual(2);
    });
  });

  it('skips clusters that have a label', async () => {
    const { rows, clusterOf } = clusteredRows([40, 30, 20, 10]);
    const labelled = none(100);
    labelled[3] = 1;
    labelled[95] = 1;
    const chosen = await chooseTypical({ rows, labelled, count: 2, products, random: random() });
    expect(chosen.map((row) => clusterOf[row]).sort()).toEqual([1, 2]);
  });

  it('covers more clusters than chance does, when few are asked about and sizes differ', async () => {
    const sizes = [200, 100, 50, 25, 15, 10, 10, 10, 10, 10];
    const { rows, clusterOf } = clusteredRows(sizes);
    const chosen = await chooseTypical({ rows, labelled: none(440), count: 10, products, random: random() });
    const covered = (list: readonly number[]): number => new Set(list.map((row) => clusterOf[row])).size;
    const byChance = Array.from({ length: 20 }, (_, i) =>
      covered([...randomStream(i, 'chance').permutation(440).subarray(0, 10)]),
    );
    expect(covered(chosen)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...byChance)).toBeLessThan(covered(chosen));
  });

  it('never asks twice, and ends when all have been asked', async () => {
    const { rows } = clusteredRows([7, 5]);
    const labelled = none(12);
    labelled[0] = 1;
    const chosen = await chooseTypical({ rows, labelled, count: 50, products, random: random() });
    expect(new Set(chosen).size).toBe(11);
    expect(chosen).toHaveLength(11);
  });
});

describe('chooseUncertain', () => {
  it('takes the smallest distance between the two likeliest classes', () => {
    const found = margins([0.5, 0.4, 0.1, 0.9, 0.05, 0.05, 0.34, 0.33, 0.33], 3, 3);
    expect([...found].map((value) => Number(value.toFixed(6)))).toEqual([0.1, 0.85, 0.01]);
  });

  it('does not ask about look-alikes one after the other', async () => {
    // Ten nearly equal rows are the least certain; two others are nearly as uncertain.
    const angles = [
      0,
      0.1,
      0.2,
      0.3,
      0.4,
      0.5,
      0.6,
      0.7,
      0.8,
      0.9,
      90,
      180,
      ...new Array<number>(38).fill(270),
    ];
    const p = angles.map((_, i) => (i < 10 ? 0.5 + 0.001 * i : i < 12 ? 0.55 : 0.99));
    const chosen = await chooseUncertain({
      rows: rowsAtAngles(angles),
      probabilities: p.flatMap((value) => [value, 1 - value]),
      classCount: 2,
      count: 3,
      products: flat,
      random: random(),
    });
    expect(chosen).toEqual([0, 10, 11]);
  });
});

describe('nearestTo', () => {
  it('keeps the nearest of rows that come in portions', () => {
    const search = nearestTo(rowsAtAngles([0, 90]), 2);
    search.add(rowsAtAngles([50, 10]), [5, 1]);
    search.add(rowsAtAngles([80, 20]), [8, 2]);
    expect(search.found().map((list) => list.map(({ slot }) => slot))).toEqual([
      [1, 2],
      [8, 5],
    ]);
  });
});

describe('spreadAmong', () => {
  it('keeps both orders and even distances', () => {
    expect(spreadAmong([1, 2, 3, 4, 5, 6], [-1, -2]).join(' ')).toBe('1 -1 2 3 4 -2 5 6');
    expect(spreadAmong([], [-1, -2])).toEqual([-1, -2]);
    expect(spreadAmong([1, 2], [])).toEqual([1, 2]);
  });
});
