import { forEachIndex, offsetAt, zeros } from './indexing.ts';
import type { KernelRows } from './kernel.ts';
import type { NumericArray, Tensor } from '../../graph/node.ts';

export const reductionKernels: KernelRows<'reduceSum' | 'reduceMax'> = {
  reduceSum: ([x], { axes }, shape) => reduce(x, axes, zeros('float32', shape), (sum, value) => sum + value),
  reduceMax: ([x], { axes }, shape) =>
    reduce(x, axes, zeros('float32', shape).fill(-Infinity), (largest, value) => Math.max(largest, value)),
};

/** Folds every element of x into the place of `result` that is left when the axes are taken away. */
function reduce(
  x: Tensor,
  axes: readonly number[],
  result: NumericArray,
  fold: (accumulated: number, value: number) => number,
): NumericArray {
  const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  forEachIndex(x.shape, (index, offset) => {
    const place = offsetAt(index, kept);
    result[place] = fold(result[place], x.data[offset]);
  });
  return result;
}
