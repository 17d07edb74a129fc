import { staticDim } from '../../graph/shape.ts';
import type { Node } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import { lowerGroupedWeightGradient } from './groupedWeightGradient.ts';
import { emitPad, emitReshape, emitSlice, emitTranspose } from './movement.ts';
import { emitReduce } from './reduction.ts';

/** The numbers of one weight gradient: x [N, inputs, height, width], g [N, outputs, rows, columns]. */
interface Sizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  readonly kernel: readonly [number, number];
  readonly stride: number;
  readonly padding: number;
}

/** ∂/∂w of conv2d: for each tap, the products of gradients and the pixels that the tap saw, summed. */
export function lowerWeightGradient(
  node: Node<'conv2dWeightGradient'>,
  x: string,
  g: string,
  onnx: OnnxEmitter,
): string {
  const { groups = 1 } = node.attributes;
  if (groups > 1) return lowerGroupedWeightGradient(node, x, g, groups, onnx);
  const sizes = sizesOf(node);
  if (allTapsPay(sizes)) return allTapsAtOnce(sizes, x, g, onnx);
  // A few channels make thin products, so the taps of a kernel's row share one; more would copy too much.
  return sizes.inputs <= 16 ? tapsByRow(sizes, x, g, onnx) : tapByTap(sizes, x, g, onnx);
}

/** On large images one product an image is faster than a strided copy for each tap. */
function allTapsPay({ kernel, stride, padding, height }: Sizes): boolean {
  return kernel.every((size) => size === 3) && stride === 1 && padding === 1 && height >= 16;
}

/**
 * 3×3, stride 1, padding 1: x three times, moved by a column each, and g three times, moved by a row each, as
 * [N, 3·channels, (height + 2)·width]: their products hold all nine taps.
 */
function allTapsAtOnce(sizes: Sizes, x: string, g: string, onnx: OnnxEmitter): string {
  const { inputs, outputs, height, width } = sizes;
  const area = (height + 2) * width;
  const columns = [0, 1, 2].map((j) => emitPad(onnx, x, [0, 0, 1, 1 - j], [0, 0, 1, j - 1]));
  const rows = [0, 1, 2].map((i) => emitPad(onnx, g, [0, 0, i, 0], [0, 0, 2 - i, 0]));
  const pixels = emitReshape(onnx, onnx.emit('Concat', columns, { axis: { int: 1 } }), [0, 3 * inputs, area]);
  const gradients = emitReshape(onnx, onnx.emit('Concat', rows, { axis: { int: 1 } }), [
    0,
    3 * outputs,
    area,
  ]);
  const products = onnx.emit('MatMul', [gradients, emitTranspose(onnx, pixels, [0, 2, 1])]);
  const sum = emitReduce(onnx, 'ReduceSum', products, [0], false);
  const byTap = emitTranspose(onnx, emitReshape(onnx, sum, [3, outputs, 3, inputs]), [1, 3, 0, 2]);
  return emitReshape(onnx, byTap, [outputs, inputs, 3, 3]);
}

/** One product a tap: [outputs, N·rows·columns] · [inputs, N·rows·columns]ᵀ. */
function tapByTap(sizes: Sizes, x: string, g: string, onnx: OnnxEmitter): string {
  const { inputs, outputs, kernel } = sizes;
  const gradients = channelRows(sizes, g, onnx);
  const pixels = channelsFirst(sizes, x, onnx);
  const products = tapsOf(kernel).map(([i, j]) => {
    const seen = emitReshape(onnx, seenByTap(sizes, pixels, i, j, onnx), [inputs, -1]);
    return onnx.emit('Gemm', [gradients, seen], { transB: { int: 1 } });
  });
  if (products.length === 1) return emitReshape(onnx, products[0], [outputs, inputs, 1, 1]);
  const stacked = onnx.emit('Concat', products, { axis: { int: 0 } });
  const byTap = emitReshape(onnx, stacked, [products.length, outputs, inputs]);
  return emitReshape(onnx, emitTranspose(onnx, byTap, [1, 2, 0]), [outputs, inputs, ...kernel]);
}

/** One product for each row of the kernel: [outputs, N·rows·columns] · [kw·inputs, N·rows·columns]ᵀ. */
function tapsByRow(sizes: Sizes, x: string, g: string, onnx: OnnxEmitter): string {
  const { inputs, outputs, kernel } = sizes;
  const gradients = channelRows(sizes, g, onnx);
  const pixels = channelsFirst(sizes, x, onnx);
  const products = Array.from({ length: kernel[0] }, (_, i) => {
    const seen = Array.from({ length: kernel[1] }, (_, j) => seenByTap(sizes, pixels, i, j, onnx));
    const row = seen.length === 1 ? seen[0] : onnx.emit('Concat', seen, { axis: { int: 0 } });
    const columns = emitReshape(onnx, row, [kernel[1] * inputs, -1]);
    return onnx.emit('Gemm', [gradients, columns], { transB: { int: 1 } });
  });
  const stacked = products.length === 1 ? products[0] : onnx.emit('Concat', products, { axis: { int: 1 } });
  const byTap = emitReshape(onnx, stacked, [outputs, kernel[0] * kernel[1], inputs]);
  return emitReshape(onnx, emitTranspose(onnx, byTap, [0, 2, 1]), [outputs, inputs, ...kernel]);
}

/** g as [outputs, N·rows·columns]. */
function channelRows({ outputs }: Sizes, g: string, onnx: OnnxEmitter): string {
  return emitReshape(onnx, emitTranspose(onnx, g, [1, 0, 2, 3]), [outputs, -1]);
}

/** x padded, as [inputs, N, height, width]; a kernel of one place drops what it never sees before the copy. */
function channelsFirst(sizes: Sizes, x: string, onnx: OnnxEmitter): string {
  const { padding, kernel } = sizes;
  const border = [0, 0, padding, padding];
  const padded = emitPad(onnx, x, border, border);
  const single = kernel[0] === 1 && kernel[1] === 1;
  return emitTranspose(onnx, single ? strided(sizes, padded, 0, 0, onnx) : padded, [1, 0, 2, 3]);
}

function seenByTap(sizes: Sizes, pixels: string, i: number, j: number, onnx: OnnxEmitter): string {
  const single = sizes.kernel[0] === 1 && sizes.kernel[1] === 1;
  return single ? pixels : strided(sizes, pixels, i, j, onnx);
}

function strided(sizes: Sizes, padded: string, i: number, j: number, onnx: OnnxEmitter): string {
  const { rows, columns, stride, padding, height, width } = sizes;
  const range = (axis: number, start: number, count: number) => {
    const end = start + (count - 1) * stride + 1;
    return { axis, start, end, stride };
  };
  const ranges = [range(2, i, rows), range(3, j, columns)];
  const whole = [height, width].map((size) => size + 2 * padding);
  const isWhole = ranges.every(({ start, end }, axis) => start === 0 && end === whole[axis] && stride === 1);
  return isWhole ? padded : emitSlice(onnx, padded, ranges);
}

function tapsOf([height, width]: readonly [number, number]): [number, number][] {
  return Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
}

function sizesOf(node: Node<'conv2dWeightGradient'>): Sizes {
  const [x, g] = node.inputs;
  const { stride, padding, kernelSize } = node.attributes;
  return {
    inputs: staticDim(x.shape, 1),
    outputs: staticDim(g.shape, 1),
    height: staticDim(x.shape, 2),
    width: staticDim(x.shape, 3),
    rows: staticDim(g.shape, 2),
    columns: staticDim(g.shape, 3),
    kernel: kernelSize,
    stride,
    padding,
  };
}
