import type { Node } from '../../graph/node.ts';
import type { LoweringContext } from './context.ts';
import { broadcastTo, emitReshape, zeros } from './movement.ts';

/** ScatterElements takes int32 indices, which ScatterND does not; each index is repeated along its row. */
export function lowerScatterAddRows(
  node: Node<'scatterAddRows'>,
  rows: string,
  indices: string,
  context: LoweringContext,
): string {
  const { onnx } = context;
  const [source] = node.inputs;
  const column = source.shape.map((dim, axis) => (axis === 0 ? dim : 1));
  const ones = column.slice(1).map(Number);
  const repeated = broadcastTo(context, emitReshape(onnx, indices, [-1, ...ones]), column, source.shape);
  return onnx.emit('ScatterElements', [zeros(context, node.shape), repeated, rows], {
    axis: { int: 0 },
    reduction: { string: 'add' },
  });
}
