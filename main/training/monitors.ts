import * as ops from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { equalPairs } from '../ssl/equalPairs.ts';
import type { Monitors } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { Node } from '../engine/graph/node.ts';
import type { MethodStep } from '../ssl/method.ts';

export const monitorNames = [
  'loss',
  'spread',
  'positiveCosine',
  'negativeCosine',
  'hardestNegativeCosine',
  'hardNegativeShare',
  'uniformity',
] as const satisfies readonly (keyof Monitors)[];

/** Scalars of the step's graph, float32 of rank 0: see `Monitors` in `shared/trainingEvents.ts`. */
export type MonitorNodes = Readonly<Record<keyof Monitors, Node>>;

/** Far below −1, the least that a cosine can be. */
const EXCLUDED = -4;

/**
 * What a step tells about its embeddings a, b [N, d], normalised here to ẑ, with S the cosines ẑaᵢ·ẑbⱼ:
 * - spread: √(mean over the batch of ẑ² − (mean ẑ)²), mean over coordinates and over a and b; 1/√d when healthy;
 * - cosine of positives: mean of Sᵢᵢ; of negatives: mean of Sᵢⱼ over i ≠ j; of the hardest: mean over i of the greatest
 *   Sᵢⱼ, j ≠ i;
 * - share of hard negatives: of the pairs i ≠ j those with Sᵢⱼ > Sᵢᵢ (violators in metric learning: another image is
 *   taken for the view); ½ where views of an image are no more alike than any others;
 * - uniformity: log of the mean of e^(−2‖ẑaᵢ − ẑbⱼ‖²) over i ≠ j (Wang & Isola 2020, equation 2, with t = 2).
 */
export function monitorNodes({ loss, embeddings }: MethodStep): MonitorNodes {
  const [a, b] = embeddings.map(unitRows);
  const count = staticDim(a.shape, 0);
  const cosines = ops.matmul(a, b, { transposeB: true });
  const itself = equalPairs(ops.iota(a, 0));
  const positives = ops.reduceSum(ops.multiply(a, b), [1], true);
  const meanOfOthers = (values: Node): Node =>
    ops.multiply(ops.reduceSum(ops.multiply(values, ops.subtract(1, itself))), 1 / (count * (count - 1)));
  const hardest = ops.reduceMax(ops.add(cosines, ops.multiply(itself, EXCLUDED)), [1]);
  return {
    loss: ops.reshape(loss, []),
    spread: ops.multiply(ops.add(meanDeviation(a), meanDeviation(b)), 0.5),
    positiveCosine: ops.reduceMean(positives),
    negativeCosine: meanOfOthers(cosines),
    hardestNegativeCosine: ops.reduceMean(hardest),
    hardNegativeShare: meanOfOthers(ops.step(ops.subtract(cosines, positives))),
    // ‖x − y‖² = 2 − 2·cos between unit rows.
    uniformity: ops.log(meanOfOthers(ops.exp(ops.multiply(ops.subtract(cosines, 1), 4)))),
  };
}

/** The figures among a step's outputs. */
export function monitorsOf(outputs: Tensors): Monitors {
  const value = (name: keyof Monitors): number => outputs[name].data[0];
  return Object.fromEntries(monitorNames.map((name) => [name, value(name)])) as Record<
    keyof Monitors,
    number
  >;
}

/** Cosines of single pairs, float32: `positiveCosines` [N] of two views of an image, `negativeCosines` [N − 1]. */
export interface PairNodes {
  readonly positiveCosines: Node;
  readonly negativeCosines: Node;
}

/** The negative pairs are one view of an image with the other view of the next image in the batch. */
export function pairNodes({ embeddings }: Pick<MethodStep, 'embeddings'>): PairNodes {
  const [a, b] = embeddings.map(unitRows);
  const count = staticDim(a.shape, 0);
  const others = ops.multiply(ops.sliceAxis(a, 0, 0, count - 1), ops.sliceAxis(b, 0, 1, count));
  return {
    positiveCosines: ops.reduceSum(ops.multiply(a, b), [1]),
    negativeCosines: ops.reduceSum(others, [1]),
  };
}

/** Each row scaled to unit length; a row of zeros stays. @param x [N, d] */
export function unitRows(x: Node): Node {
  return ops.divide(x, ops.maximum(ops.sqrt(ops.reduceSum(ops.square(x), [1], true)), 1e-12));
}

function meanDeviation(unit: Node): Node {
  const variance = ops.subtract(ops.reduceMean(ops.square(unit), [0]), ops.square(ops.reduceMean(unit, [0])));
  // Rounding can leave a negative variance where all rows are equal.
  return ops.reduceMean(ops.sqrt(ops.clamp(variance, 0, 1)));
}
