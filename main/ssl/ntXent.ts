import {
  add,
  concat,
  iota,
  logSumExp,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  subtract,
} from '../engine/graph/ops.ts';
import { equalPairs } from './equalPairs.ts';
import { excludedSimilarity } from './excludedSimilarity.ts';
import type { Node } from '../engine/graph/node.ts';

/**
 * The normalised temperature-scaled cross entropy of Chen et al. 2020 (equation 1, algorithm 1), averaged over all
 * 2N views: −log of e^(zi·zj/τ) over the sum of e^(zi·zk/τ) over all k ≠ i, where j is the other view of i's image.
 * @param a unit rows [N, d]
 * @param b unit rows [N, d], row i of the same image as row i of `a`
 * @returns one element
 */
export function ntXent(a: Node, b: Node, temperature: number): Node {
  const z = concat([a, b], 0);
  const similarities = multiply(matmul(z, z, { transposeB: true }), 1 / temperature);
  const itself = multiply(equalPairs(iota(z, 0)), excludedSimilarity);
  const denominators = logSumExp(add(similarities, itself), [1]);
  // Both views of an image share its positive pair, so the mean over N is the mean over 2N.
  const positives = multiply(reduceSum(multiply(a, b), [1]), 1 / temperature);
  return subtract(reduceMean(denominators), reduceMean(positives));
}
