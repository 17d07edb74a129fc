import {
  add,
  clamp,
  constant,
  matmul,
  minimum,
  multiply,
  reduceMean,
  reduceSum,
  reshape,
  sliceAxis,
  subtract,
} from '../../engine/graph/ops.ts';
import { greyWeights } from './colorMatrices.ts';
import type { Node } from '../../engine/graph/node.ts';

const jitterSteps = 4;

/**
 * Colour jitter: four steps x ← clamp(M·x + k·grey(x), 0, 1), where grey(x) is the mean grey of the sample's view as
 * the step finds it, and M and k are the sample's own (`colorMatrices`).
 * @param x float32 [N, 3, P], P pixels in 0 … 1
 * @param color float32 [N, 4, 10]
 */
export function jitterColors(x: Node, color: Node): Node {
  let result = x;
  for (let step = 0; step < jitterSteps; step++)
    result = jitterStep(result, sliceAxis(color, 1, step, step + 1));
  return result;
}

function jitterStep(x: Node, parameters: Node): Node {
  const [batch = 1] = x.shape;
  const matrix = reshape(sliceAxis(parameters, 2, 0, 9), [batch, 3, 3]);
  const greyWeight = sliceAxis(parameters, 2, 9, 10);
  return clamp(add(matmul(matrix, x), multiply(greyWeight, meanGrey(x))), 0, 1);
}

/** [N, 3, P] → [N, 1, 1]. */
function meanGrey(x: Node): Node {
  const weights = constant(Float64Array.from(greyWeights), [1, 3, 1]);
  return reduceSum(multiply(reduceMean(x, [2], true), weights), [1], true);
}

/**
 * Makes the samples grey whose `grey` is 1; those of 0 stay.
 * @param x float32 [N, 3, P] in 0 … 1
 * @param grey float32 [N, 1, 1]
 */
export function grayscale(x: Node, grey: Node): Node {
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  const change = identity.map((value, i) => greyWeights[i % 3] - value);
  const matrix = add(
    constant(Float64Array.from(identity), [1, 3, 3]),
    multiply(grey, constant(Float64Array.from(change), [1, 3, 3])),
  );
  return matmul(matrix, x);
}

/**
 * Inverts the values from ½ up in the samples whose `solarized` is 1; those of 0 stay. At ½ the two branches meet, so
 * the result is min(x, 1 − x).
 * @param x float32 [N, 3, P] in 0 … 1
 * @param solarized float32 [N, 1, 1]
 */
export function solarize(x: Node, solarized: Node): Node {
  return add(x, multiply(solarized, minimum(subtract(1, multiply(x, 2)), 0)));
}
