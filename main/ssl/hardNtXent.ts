import {
  add,
  concat,
  exp,
  iota,
  log,
  logSumExp,
  matmul,
  maximum,
  multiply,
  reduceMax,
  reduceMean,
  reduceSum,
  stopGradient,
  subtract,
} from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { equalPairs } from './equalPairs.ts';
import { excludedSimilarity } from './excludedSimilarity.ts';
import type { Node } from '../engine/graph/node.ts';

export interface HardNegativeOptions {
  readonly temperature: number;
  /** β: how much more the negatives that look alike count; 0: all alike. */
  readonly concentration: number;
  /** τ⁺: the share of the negatives that are expected to be of the positive's kind, and are taken off again. */
  readonly classPrior: number;
}

/**
 * NT-Xent with hard negatives (Robinson et al. 2021, section 3.2, as in the authors' code). Of each of the 2N views, with
 * s the similarities over the temperature and the sums over its n = 2N − 2 negatives:
 * −log[ e^s⁺ / (e^s⁺ + max(n·e^(−1/τ), (R − τ⁺·n·e^s⁺)/(1 − τ⁺))) ], where R = n·Σ e^((1 + β)s) / Σ e^(βs)
 * is the sum of the negatives weighted by how hard they are. Gradients flow through the weights. With β = 0 it is the
 * debiased loss of Chuang et al. 2020, and with τ⁺ = 0 too it is NT-Xent.
 * @param a unit rows [N, d]
 * @param b unit rows [N, d], row i of the same image as row i of `a`
 * @returns one element
 */
export function hardNtXent(a: Node, b: Node, options: HardNegativeOptions): Node {
  const { temperature, concentration, classPrior } = options;
  const negatives = 2 * staticDim(a.shape, 0) - 2;
  const z = concat([a, b], 0);
  const similarities = multiply(matmul(z, z, { transposeB: true }), 1 / temperature);
  const positives = positiveSimilarities(a, b, temperature);
  const images = concat([iota(a, 0), iota(b, 0)], 0);
  const mask = multiply(equalPairs(images), excludedSimilarity);
  const sum = (factor: number): Node => logSumExp(add(multiply(similarities, factor), mask), [1], true);
  const weighted = add(subtract(sum(1 + concentration), sum(concentration)), Math.log(negatives));

  // All exponentials relative to the row's greatest similarity, so that none overflows.
  const shift = stopGradient(maximum(reduceMax(add(similarities, mask), [1], true), positives));
  const positive = exp(subtract(positives, shift));
  const debiased = multiply(
    subtract(exp(subtract(weighted, shift)), multiply(positive, classPrior * negatives)),
    1 / (1 - classPrior),
  );
  const least = multiply(exp(subtract(-1 / temperature, shift)), negatives);
  const denominator = add(log(add(positive, maximum(debiased, least))), shift);
  return reduceMean(subtract(denominator, positives));
}

/** [2N, 1]. */
function positiveSimilarities(a: Node, b: Node, temperature: number): Node {
  const pairs = multiply(reduceSum(multiply(a, b), [1], true), 1 / temperature);
  return concat([pairs, pairs], 0);
}
