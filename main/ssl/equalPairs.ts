import { equal, reshape } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import type { Node } from '../engine/graph/node.ts';

/** [n, n]: 1 where number i is number j, else 0. @param numbers [n] */
export function equalPairs(numbers: Node): Node {
  const count = staticDim(numbers.shape, 0);
  return equal(reshape(numbers, [count, 1]), reshape(numbers, [1, count]));
}
