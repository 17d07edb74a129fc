import { constant, equal, logSumExp, multiply, reduceSum, reshape, subtract } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import type { Node } from '../engine/graph/node.ts';

/**
 * −log softmax(logits)[label] of each row.
 * @param logits float32 [N, C]
 * @param labels int32 [N], 0 … C − 1
 * @returns float32 [N]
 */
export function softmaxCrossEntropy(logits: Node, labels: Node): Node {
  const [count, classCount] = [staticDim(logits.shape, 0), staticDim(logits.shape, 1)];
  const classes = constant(
    Int32Array.from({ length: classCount }, (_, c) => c),
    [1, classCount],
    'int32',
  );
  const own = reduceSum(multiply(logits, equal(reshape(labels, [count, 1]), classes)), [1]);
  return subtract(logSumExp(logits, [1]), own);
}
