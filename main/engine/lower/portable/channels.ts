import { batchStatistics } from '../../graph/batchStatistics.ts';
import { isOp } from '../../graph/graph.ts';
import { add, channelAffine, multiply, relu, subtract } from '../../graph/ops.ts';
import { staticDim } from '../../graph/shape.ts';
import type { Node } from '../../graph/node.ts';
import type { LoweringContext } from './context.ts';
import { emitReshape } from './movement.ts';

/** On images a convolution of 1×1, a group a channel: ONNX Runtime fuses the ReLU and the sum behind it into it. */
export function lowerChannelAffine(
  node: Node<'channelAffine'>,
  [x, scale, shift]: readonly string[],
  { onnx }: LoweringContext,
): string {
  const rank = node.shape.length;
  const shiftless = isZero(node.inputs[2]);
  if (rank !== 4) {
    const perChannel = (vector: string): string =>
      rank === 2 ? vector : emitReshape(onnx, vector, [-1, ...new Array<number>(rank - 2).fill(1)]);
    const scaled = onnx.emit('Mul', [x, perChannel(scale)]);
    return shiftless ? scaled : onnx.emit('Add', [scaled, perChannel(shift)]);
  }
  const channels = staticDim(node.shape, 1);
  const kernel = emitReshape(onnx, scale, [channels, 1, 1, 1]);
  return onnx.emit('Conv', shiftless ? [x, kernel] : [x, kernel, shift], {
    kernel_shape: { ints: [1, 1] },
    group: { int: channels },
  });
}

/** As graph, so that the statistics are the same nodes as in the gradient and in running averages, and merge. */
export function lowerBatchNorm(node: Node<'batchNorm'>, context: LoweringContext): string {
  const [x, scale, shift] = node.inputs;
  const { mean, inverseDeviation } = batchStatistics(x, node.attributes.epsilon);
  const slope = multiply(scale, inverseDeviation);
  return context.lower(channelAffine(x, slope, subtract(shift, multiply(mean, slope))));
}

/** As the ops that it was made of. */
export function lowerFusedAffine(node: Node<'fusedAffine'>, context: LoweringContext): string {
  const [x, scale, shift, addend] = node.inputs as readonly [Node, Node, Node, Node?];
  const affine = channelAffine(x, scale, shift);
  const sum = addend ? add(affine, addend) : affine;
  return context.lower(node.attributes.relu ? relu(sum) : sum);
}

export function isZero(node: Node): boolean {
  return isOp(node, 'constant') && node.attributes.value.data.every((element) => element === 0);
}
