import type { Node, Op } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import type { LoweringRule } from './context.ts';
import { emitReshape } from './movement.ts';

/** An element-wise op of two operands that ONNX has as it is. */
export function broadcasting(opType: string): LoweringRule<Op> {
  return (node, inputs, { onnx }) =>
    onnx.emit(
      opType,
      inputs.map((name, i) => withAllAxes(onnx, name, node.inputs[i], node)),
    );
}

/**
 * An operand of one element, as [1, …, 1] of the result's rank where the result ends in axes of 1: weights [O, I, 1, 1] and
 * a number of rank 0 are else gone through element by element, which takes ten times as long.
 */
function withAllAxes(onnx: OnnxEmitter, name: string, { shape }: Node, result: Node): string {
  const rank = result.shape.length;
  const isSingle = shape.every((dim) => dim === 1);
  if (!isSingle || shape.length === rank || result.shape[rank - 1] !== 1) return name;
  return emitReshape(
    onnx,
    name,
    result.shape.map(() => 1),
  );
}
