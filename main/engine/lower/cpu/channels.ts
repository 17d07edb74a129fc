import { staticShape } from '../../graph/shape.ts';
import type { Node } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import { isZero } from '../portable/channels.ts';
import { emitReshape } from '../portable/movement.ts';
import { emitReduce } from '../portable/reduction.ts';
import { emitBlocked } from './blockedOps.ts';

/** A channel-wise affine map of images as a convolution of 1×1, a group a channel: sum and ReLU come with it. */
export interface BlockedAffine {
  /** [C], and so is shift. */
  readonly scale: string;
  readonly shift: string | undefined;
  /** Blocked, as x is. */
  readonly addend: string | undefined;
  readonly relu: boolean;
}

/** x blocked [N, C, H, W] → scale·x + shift + addend, blocked. */
export function blockedAffine(onnx: OnnxEmitter, x: string, channels: number, affine: BlockedAffine): string {
  const { scale, shift = '', addend, relu } = affine;
  const kernel = emitReshape(onnx, scale, [channels, 1, 1, 1]);
  const inputs =
    addend === undefined ? (shift === '' ? [x, kernel] : [x, kernel, shift]) : [x, kernel, shift, addend];
  return emitBlocked(onnx, 'Conv', inputs, {
    kernel_shape: { ints: [1, 1] },
    group: { int: channels },
    ...(relu ? { activation: { string: 'Relu' } } : {}),
  });
}

/** The operand of a shift that is not there. */
export function shiftOf(node: Node, name: string): string | undefined {
  return isZero(node) ? undefined : name;
}

/** Whether a sum over these axes of images is one over positions, the batch included or not. */
export function isPositionSum(axes: readonly number[]): boolean {
  return axes.includes(2) && axes.includes(3) && !axes.includes(1);
}

/** Σ over H and W, and over N too where it is among the axes: x blocked [N, C, H, W] → the node's shape, plain. */
export function sumOfPositions(onnx: OnnxEmitter, x: string, node: Node<'reduceSum'>): string {
  const [images, channels, height, width] = staticShape(node.inputs[0].shape);
  const means = emitReshape(onnx, emitBlocked(onnx, 'GlobalAveragePool', [x]), [images, channels]);
  const overBatch = node.attributes.axes.includes(0);
  const rows = overBatch ? emitReduce(onnx, 'ReduceSum', means, [0], false) : means;
  const sums = height * width === 1 ? rows : onnx.emit('Mul', [rows, onnx.float(height * width)]);
  return emitReshape(onnx, sums, staticShape(node.shape));
}

/** g [N, C, 1, 1] → every position of [N, C, H, W], blocked. */
export function broadcastPositions(
  onnx: OnnxEmitter,
  g: string,
  [images, channels, height, width]: readonly number[],
  block: number,
): string {
  const [blocks, places] = [channels / block, height * width];
  const vectors = emitReshape(onnx, g, [images, blocks, 1, block]);
  const spread = onnx.emit('Expand', [vectors, onnx.int64s([images, blocks, places, block])]);
  return emitReshape(onnx, spread, [images, channels, height, width]);
}
