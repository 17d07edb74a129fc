import { multiply, reduceMean, reduceSum } from '../engine/graph/ops.ts';
import { l2Normalize } from './l2Normalize.ts';
import type { Node } from '../engine/graph/node.ts';

/**
 * −cos(pᵢ, zᵢ), averaged over the rows (D of Chen & He 2021, equation 1). BYOL's ‖p̂ − ẑ‖² is 2 + 2·D.
 * @param p [N, d]
 * @param z [N, d]
 * @returns one element
 */
export function negativeCosine(p: Node, z: Node): Node {
  return multiply(reduceMean(reduceSum(multiply(l2Normalize(p), l2Normalize(z)), [1])), -1);
}
