import type { Node } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import { emitTranspose } from './movement.ts';

/** Gemm transposes matrices for free; stacks of matrices are transposed first. */
export function lowerMatmul(node: Node<'matmul'>, a: string, b: string, onnx: OnnxEmitter): string {
  const { transposeA, transposeB } = node.attributes;
  const [left, right] = node.inputs;
  if (!transposeA && !transposeB) return onnx.emit('MatMul', [a, b]);
  if (left.shape.length === 2 && right.shape.length === 2) {
    const flag = (value: boolean) => ({ int: value ? 1 : 0 });
    return onnx.emit('Gemm', [a, b], { transA: flag(transposeA), transB: flag(transposeB) });
  }
  return onnx.emit('MatMul', [
    transposeA ? swapLastTwo(left, a, onnx) : a,
    transposeB ? swapLastTwo(right, b, onnx) : b,
  ]);
}

function swapLastTwo(node: Node, x: string, onnx: OnnxEmitter): string {
  const rank = node.shape.length;
  const axes = node.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return emitTranspose(onnx, x, axes);
}
