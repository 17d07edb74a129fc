import {
  add,
  concat,
  equal,
  iota,
  logSumExp,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  reshape,
  subtract,
} from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import type { Node } from '../engine/graph/node.ts';

/** Added to a view's similarity with itself: its exponential is 0 in any precision. */
const EXCLUDED = -1e9;

/**
 * The normalised temperature-scaled cross entropy of Chen et al. 2020 (equation 1, algorithm 1), averaged over all
 * 2N views: −log of e^(zi·zj/τ) over the sum of e^(zi·zk/τ) over all k ≠ i, where j is the other view of i's image.
 * @param a unit rows [N, d]
 * @param b unit rows [N, d], row i of the same image as row i of `a`
 * @returns one element
 */
export function ntXent(a: Node, b: Node, temperature: number): Node {
  const count = 2 * staticDim(a.shape, 0);
  const z = concat([a, b], 0);
  const similarities = multiply(matmul(z, z, { transposeB: true }), 1 / temperature);
  const index = iota(z, 0);
  const itself = equal(reshape(index, [count, 1]), reshape(index, [1, count]));
  const denominators = logSumExp(add(similarities, multiply(itself, EXCLUDED)), [1]);
  // Both views of an image share its positive pair, so the mean over N is the mean over 2N.
  const positives = multiply(reduceSum(multiply(a, b), [1]), 1 / temperature);
  return subtract(reduceMean(denominators), reduceMean(positives));
}
