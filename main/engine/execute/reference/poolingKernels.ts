import { forEachIndex, zeros } from './indexing.ts';
import type { KernelRows } from './kernel.ts';
import type { Pool2dAttributes, Tensor } from '../../graph/node.ts';

export const poolingKernels: KernelRows<'maxPool2d' | 'maxPool2dGradient'> = {
  maxPool2d: ([x], attributes, shape) => {
    const y = zeros('float32', shape);
    forEachIndex(shape, (window, offset) => {
      y[offset] = x.data[firstMaximum(x, window, attributes)];
    });
    return y;
  },
  maxPool2dGradient: ([x, y, g], attributes, shape) => {
    const result = zeros('float32', shape);
    forEachIndex(y.shape, (window, offset) => {
      result[firstMaximum(x, window, attributes)] += g.data[offset];
    });
    return result;
  },
};

/** The offset in x of a window's maximum, of equal ones the first in row-major order. */
function firstMaximum(
  { shape, data }: Tensor,
  [n, c, row, column]: readonly number[],
  { kernel, stride, padding }: Pool2dAttributes,
): number {
  const [, channels, height, width] = shape;
  let best = -1;
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) {
      const y = row * stride + i - padding;
      const x = column * stride + j - padding;
      if (y < 0 || y >= height || x < 0 || x >= width) continue;
      const offset = ((n * channels + c) * height + y) * width + x;
      if (best < 0 || data[offset] > data[best]) best = offset;
    }
  }
  return best;
}
