import { add, divide, reduceSum, sqrt, square } from '../engine/graph/ops.ts';
import type { Node } from '../engine/graph/node.ts';

/** Far below the squared length of any embedding; keeps the gradient of a row of zeros finite. */
const EPSILON = 1e-12;

/** Each row scaled to unit length. @param x [N, d] @returns [N, d] */
export function l2Normalize(x: Node): Node {
  return divide(x, sqrt(add(reduceSum(square(x), [1], true), EPSILON)));
}
