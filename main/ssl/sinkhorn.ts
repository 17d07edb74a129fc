import { divide, exp, multiply, reduceSum, stopGradient, subtract } from '../engine/graph/ops.ts';
import type { Node } from '../engine/graph/node.ts';

export interface SinkhornOptions {
  /** ε of the entropy: the smaller, the harder the assignment. */
  readonly epsilon: number;
  /** 0: each row's softmax, without any balance between the columns. */
  readonly iterations: number;
  /** How much each row counts in the balance of the columns, [M, 1]: 0 or 1. All alike where absent. */
  readonly weights?: Node;
}

/**
 * Assigns M samples to K prototypes so that each prototype gets an equal share: the Sinkhorn-Knopp iteration of Caron
 * et al. 2020 (equation 3, appendix A) on exp(scores/ε). Every iteration gives all columns the same sum, then each row
 * the sum 1; the constants 1/K and 1/M of the paper fall out in the next division. No gradient flows through it.
 * @param scores cosines [M, K], up to 1
 * @returns [M, K], rows sum to 1
 */
export function sinkhorn(scores: Node, { epsilon, iterations, weights }: SinkhornOptions): Node {
  // Cosines end at 1, so that no exponential exceeds 1; the smallest, e^(−2/0.05), is far above float32's.
  let q = exp(multiply(subtract(stopGradient(scores), 1), 1 / epsilon));
  const rowsSumToOne = (x: Node): Node => divide(x, reduceSum(x, [1], true));
  if (iterations === 0) return stopGradient(rowsSumToOne(q));
  for (let i = 0; i < iterations; i++) {
    const shares = reduceSum(weights ? multiply(q, weights) : q, [0], true);
    q = rowsSumToOne(divide(q, shares));
  }
  return stopGradient(q);
}
