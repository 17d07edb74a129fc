import type { OnnxEmitter } from '../onnx/emitter.ts';
import { emitReshape, emitTranspose } from '../portable/movement.ts';
import { emitFromBlocked, emitToBlocked } from './blockedOps.ts';
import { kernelInputBlock, type Layout } from './layout.ts';

/** A value [N, C, H, W] or [O, I, k, k] moved from one layout to another, by way of the plain one. */
export function emitRelayout(
  onnx: OnnxEmitter,
  x: string,
  shape: readonly number[],
  { from, to, block }: { readonly from: Layout; readonly to: Layout; readonly block: number },
): string {
  if (from === to) return x;
  return fromPlain(onnx, toPlain(onnx, x, shape, from, block), shape, to, block);
}

function toPlain(
  onnx: OnnxEmitter,
  x: string,
  shape: readonly number[],
  from: Layout,
  block: number,
): string {
  if (from === 'plain') return x;
  if (from === 'blocked') return emitFromBlocked(onnx, x, shape[1]);
  const [outputs, inputs, inner, taps] = kernelSizes(shape, block);
  const blocks = emitReshape(onnx, x, [outputs / block, inputs / inner, taps, inner, block]);
  return emitReshape(onnx, emitTranspose(onnx, blocks, [0, 4, 1, 3, 2]), shape);
}

function fromPlain(
  onnx: OnnxEmitter,
  x: string,
  shape: readonly number[],
  to: Layout,
  block: number,
): string {
  if (to === 'plain') return x;
  if (to === 'blocked') return emitToBlocked(onnx, x);
  const [outputs, inputs, inner, taps] = kernelSizes(shape, block);
  const split = emitReshape(onnx, x, [outputs / block, block, inputs / inner, inner, taps]);
  return emitReshape(onnx, emitTranspose(onnx, split, [0, 2, 4, 3, 1]), shape);
}

function kernelSizes(shape: readonly number[], block: number): readonly [number, number, number, number] {
  const [outputs, inputs, height, width] = shape;
  return [outputs, inputs, kernelInputBlock(inputs, block) ?? 1, height * width];
}
