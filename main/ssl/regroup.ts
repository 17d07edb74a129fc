import { reshape, transpose } from '../engine/graph/ops.ts';
import { elementCount, staticDim } from '../engine/graph/shape.ts';
import type { Node } from '../engine/graph/node.ts';

/**
 * The rows of x in another order, so that samples which split normalisation would put into one group (those with
 * i mod `groups` alike) are spread over all groups: the batch, read as a matrix of `groups` rows, is transposed.
 * As batches are drawn in random order, this fixed order shuffles as well as a random one.
 * Errors where `groups` does not divide the batch. `regroup(regroup(x, g), N / g)` is x.
 * @param x [N, …]
 */
export function regroup(x: Node, groups: number): Node {
  const count = staticDim(x.shape, 0);
  if (count % groups !== 0) throw new Error(`a batch of ${count} has no ${groups} equal groups`);
  if (groups === 1 || groups === count) return x;
  const size = elementCount(x.shape.slice(1));
  const table = reshape(x, [groups, count / groups, size]);
  return reshape(transpose(table, [1, 0, 2]), x.shape);
}
