import {
  add,
  clamp,
  divide,
  maximum,
  multiply,
  reduceMean,
  reduceSum,
  reshape,
  sliceAxis,
  sqrt,
  square,
  subtract,
} from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import type { Node } from '../engine/graph/node.ts';
import type { MethodStep } from '../ssl/method.ts';

/** Scalars of the step's graph, float32 of rank 0: see `Monitors` in `shared/trainingEvents.ts`. */
export interface MonitorNodes {
  readonly loss: Node;
  readonly spread: Node;
  readonly positiveCosine: Node;
  readonly negativeCosine: Node;
}

/**
 * What a step tells about its embeddings a, b [N, d], normalised here to ẑ:
 * - spread: √(mean over the batch of ẑ² − (mean ẑ)²), mean over coordinates and over a and b; 1/√d when healthy;
 * - cosine of positives: mean of ẑaᵢ·ẑbᵢ; of negatives: mean of ẑaᵢ·ẑbⱼ over i ≠ j, from (Σẑa)·(Σẑb) − Σ ẑaᵢ·ẑbᵢ.
 */
export function monitorNodes({ loss, embeddings }: MethodStep): MonitorNodes {
  const [a, b] = embeddings.map(unitRows);
  const count = staticDim(a.shape, 0);
  const positives = reduceSum(multiply(a, b));
  const all = reduceSum(multiply(reduceSum(a, [0]), reduceSum(b, [0])));
  return {
    loss: reshape(loss, []),
    spread: multiply(add(meanDeviation(a), meanDeviation(b)), 0.5),
    positiveCosine: multiply(positives, 1 / count),
    negativeCosine: multiply(subtract(all, positives), 1 / (count * (count - 1))),
  };
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
  const others = multiply(sliceAxis(a, 0, 0, count - 1), sliceAxis(b, 0, 1, count));
  return {
    positiveCosines: reduceSum(multiply(a, b), [1]),
    negativeCosines: reduceSum(others, [1]),
  };
}

function unitRows(x: Node): Node {
  return divide(x, maximum(sqrt(reduceSum(square(x), [1], true)), 1e-12));
}

function meanDeviation(unit: Node): Node {
  const variance = subtract(reduceMean(square(unit), [0]), square(reduceMean(unit, [0])));
  // Rounding can leave a negative variance where all rows are equal.
  return reduceMean(sqrt(clamp(variance, 0, 1)));
}
