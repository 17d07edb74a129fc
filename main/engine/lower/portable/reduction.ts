import type { Node } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import type { LoweringContext } from './context.ts';
import { emitReshape, reshapeTo } from './movement.ts';

export function emitReduce(
  onnx: OnnxEmitter,
  opType: 'ReduceSum' | 'ReduceMax',
  x: string,
  axes: readonly number[],
  keepDims: boolean,
): string {
  return onnx.emit(opType, [x, onnx.int64s(axes)], { keepdims: { int: keepDims ? 1 : 0 } });
}

export function lowerReduceSum(node: Node<'reduceSum'>, x: string, context: LoweringContext): string {
  const { axes, keepDims } = node.attributes;
  const positions = positionsPerChannel(node);
  if (positions === undefined) return emitReduce(context.onnx, 'ReduceSum', x, axes, keepDims);
  const sums = sumPerChannel(context.onnx, x, Number(node.inputs[0].shape[1]), positions);
  return reshapeTo(context, sums, [node.inputs[0].shape[1]], node.shape);
}

/**
 * Sums over the positions as a product with ones, then over the batch: ReduceSum over axes on both sides of the
 * channel's is far slower on the CPU.
 */
function sumPerChannel(onnx: OnnxEmitter, x: string, channels: number, positions: number): string {
  const ones = onnx.constant({
    type: 'float32',
    shape: [positions, 1],
    data: new Float32Array(positions).fill(1),
  });
  const rows = onnx.emit('MatMul', [emitReshape(onnx, x, [-1, positions]), ones]);
  return emitReduce(onnx, 'ReduceSum', emitReshape(onnx, rows, [-1, channels]), [0], false);
}

/** How many positions [N, C, positions…] has, where the sum is over all axes but the channel's; else undefined. */
function positionsPerChannel(node: Node<'reduceSum'>): number | undefined {
  const { shape } = node.inputs[0];
  const { axes } = node.attributes;
  const sizes = shape.slice(2);
  if (axes.length !== shape.length - 1 || axes.includes(1)) return undefined;
  if (typeof shape[1] !== 'number' || sizes.some((size) => typeof size !== 'number')) return undefined;
  const positions = sizes.map(Number).reduce((product, size) => product * size, 1);
  return positions > 1 ? positions : undefined;
}
