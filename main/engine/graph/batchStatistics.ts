import { add, channelReductionAxes, divide, maximum, reduceMean, sqrt, square, subtract } from './ops.ts';
import type { Node } from './node.ts';

/**
 * Mean, biased variance and 1/√(variance + ε) of each channel, over the batch and all positions: what
 * `batchNorm` normalises by, in the form that its lowerings compute, so that both share the work.
 * @returns three nodes of shape [C]
 */
export function batchStatistics(
  x: Node,
  epsilon: number,
): { mean: Node; variance: Node; inverseDeviation: Node } {
  const axes = channelReductionAxes(x);
  const mean = reduceMean(x, axes);
  // In float32 the difference of a channel that hardly varies can come out negative, beyond ε too.
  const variance = maximum(subtract(reduceMean(square(x), axes), square(mean)), 0);
  return { mean, variance, inverseDeviation: divide(1, sqrt(add(variance, epsilon))) };
}
