import { randomStream } from '../nn/random.ts';

/** Rows to learn from and rows to measure on; both ascending, nothing in both. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * The fold, 0 … k − 1, of each labelled image: in every class, and over all, folds differ by at most one image.
 * The same labels and seed give the same folds.
 * @param labels class of each image
 */
export function stratifiedFolds(labels: ArrayLike<number>, k: number, seed: number): Int32Array {
  const folds = new Int32Array(labels.length);
  // Dealing goes on from class to class, so that the remainders do not all fall to the first folds.
  let dealt = 0;
  for (const [label, rows] of rowsByClass(labels)) {
    const order = randomStream(seed, 'folds', label).permutation(rows.length);
    for (const place of order) folds[rows[place]] = dealt++ % k;
  }
  return folds;
}

/** One split a fold: that fold's rows to measure on, the others to learn from. */
export function foldSplits(folds: Int32Array, k: number): Split[] {
  return Array.from({ length: k }, (_, fold) => splitWhere(folds.length, (row) => folds[row] === fold));
}

/**
 * Puts `fraction` of every class aside, rounded, but always leaves at least one image of each class to learn from.
 */
export function stratifiedSplit(labels: ArrayLike<number>, fraction: number, seed: number): Split {
  const aside = new Set<number>();
  for (const [label, rows] of rowsByClass(labels)) {
    const count = Math.min(rows.length - 1, Math.round(rows.length * fraction));
    const order = randomStream(seed, 'split', label).permutation(rows.length);
    for (const place of order.subarray(0, count)) aside.add(rows[place]);
  }
  return splitWhere(labels.length, (row) => aside.has(row));
}

/** Number of labels of the classes that have any. */
export function countsOfClasses(labels: ArrayLike<number>): number[] {
  return rowsByClass(labels).map(([, rows]) => rows.length);
}

function rowsByClass(labels: ArrayLike<number>): [number, number[]][] {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const known = rows.get(labels[row]);
    if (known) known.push(row);
    else rows.set(labels[row], [row]);
  }
  return [...rows].sort(([a], [b]) => a - b);
}

function splitWhere(count: number, isTest: (row: number) => boolean): Split {
  const all = Int32Array.from({ length: count }, (_, row) => row);
  return { train: all.filter((row) => !isTest(row)), test: all.filter(isTest) };
}
