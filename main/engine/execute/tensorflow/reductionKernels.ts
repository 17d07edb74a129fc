import type { KernelRows } from './kernel.ts';
import type { TensorFlow } from './tensorFlow.ts';

export function reductionKernels(tf: TensorFlow): KernelRows<'reduceSum' | 'reduceMax'> {
  return {
    reduceSum: ([x], { axes, keepDims }) => tf.sum(x, ascending(axes), keepDims),
    reduceMax: ([x], { axes, keepDims }) => tf.max(x, ascending(axes), keepDims),
  };
}

function ascending(axes: readonly number[]): number[] {
  return axes.toSorted((a, b) => a - b);
}
