import { forEachIndex, offsetAt, zeros } from './indexing.ts';
import type { KernelRows } from './kernel.ts';
import type { Conv2dAttributes, NumericArray, OpAttributes, Tensor } from '../../graph/node.ts';

export const productKernels: KernelRows<
  'matmul' | 'conv2d' | 'conv2dInputGradient' | 'conv2dWeightGradient'
> = {
  matmul: ([a, b], attributes, shape) => matmul(a, b, attributes, shape),
  conv2d: ([x, w], attributes, shape) => {
    const y = zeros('float32', shape);
    forEachTap({ x: x.shape, w: w.shape, y: shape }, attributes, (atX, atW, atY) => {
      y[atY] += x.data[atX] * w.data[atW];
    });
    return y;
  },
  conv2dInputGradient: ([g, w], attributes, shape) => {
    const x = zeros('float32', shape);
    forEachTap({ x: shape, w: w.shape, y: g.shape }, attributes, (atX, atW, atY) => {
      x[atX] += g.data[atY] * w.data[atW];
    });
    return x;
  },
  conv2dWeightGradient: ([x, g], attributes, shape) => {
    const w = zeros('float32', shape);
    forEachTap({ x: x.shape, w: shape, y: g.shape }, attributes, (atX, atW, atY) => {
      w[atW] += x.data[atX] * g.data[atY];
    });
    return w;
  },
};

function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA, transposeB }: OpAttributes['matmul'],
  shape: readonly number[],
): NumericArray {
  const result = zeros('float32', shape);
  const inner = a.shape[a.shape.length - (transposeA ? 2 : 1)];
  forEachIndex(shape, (index, offset) => {
    const batch = index.slice(0, -2);
    const [row, column] = index.slice(-2);
    let sum = 0;
    for (let k = 0; k < inner; k++) {
      const atA = offsetAt([...batch, ...(transposeA ? [k, row] : [row, k])], a.shape);
      const atB = offsetAt([...batch, ...(transposeB ? [column, k] : [k, column])], b.shape);
      sum += a.data[atA] * b.data[atB];
    }
    result[offset] = sum;
  });
  return result;
}

interface ConvolutionShapes {
  /** [N, I, H, W] */
  readonly x: readonly number[];
  /** [O, I/groups, kh, kw] */
  readonly w: readonly number[];
  /** [N, O, H', W'] */
  readonly y: readonly number[];
}

/**
 * Visits every triple of offsets of which a convolution's definition says y += x·w. Its two gradients are sums
 * over the same triples. Taps that fall on the padding are zeros and left out.
 */
function forEachTap(
  shapes: ConvolutionShapes,
  { stride, padding, groups = 1 }: Conv2dAttributes,
  visit: (atX: number, atW: number, atY: number) => void,
): void {
  const [, , height, width] = shapes.x;
  const outputsOfGroup = shapes.w[0] / groups;
  forEachIndex(shapes.y, ([n, o, row, column], atY) => {
    const firstInput = Math.floor(o / outputsOfGroup) * shapes.w[1];
    forEachIndex(shapes.w.slice(1), ([i, kernelRow, kernelColumn], within) => {
      const y = row * stride + kernelRow - padding;
      const x = column * stride + kernelColumn - padding;
      if (y < 0 || y >= height || x < 0 || x >= width) return;
      const kernelSize = shapes.w[1] * shapes.w[2] * shapes.w[3];
      visit(((n * shapes.x[1] + firstInput + i) * height + y) * width + x, o * kernelSize + within, atY);
    });
  });
}
