import {
  add,
  constant,
  divide,
  maximum,
  minimum,
  multiply,
  reduceSum,
  relu,
  step,
  subtract,
} from '../../engine/graph/ops.ts';
import type { Node } from '../../engine/graph/node.ts';

/** One axis of an image: a stretch of its pixels, and the places of the resized axis. All float32, shapes broadcast. */
export interface ResizedAxis {
  /** [.., 1, M]: 0, 1, … M − 1. */
  readonly pixel: Node;
  /** [.., S, 1]: which place of the resized axis each row makes: 0, 1, … S − 1, or backwards for a flip. */
  readonly place: Node;
  /** S. */
  readonly size: number;
  /** First pixel of the stretch, [.., 1, 1]; 0 where absent. */
  readonly start?: Node;
  /** Number of pixels of the stretch, [.., 1, 1]. */
  readonly length: Node;
}

/** Far below what any pixel's weight can reach, so that those outside of the stretch get none. */
const outsidePenalty = 1e6;

/**
 * The matrix [.., S, M] that resizes a stretch of an axis to S places with the antialiasing triangle filter, as
 * PyTorch's `interpolate(mode='bilinear', antialias=True)` does: place i is centred at (i + ½)·length/S, pixels count
 * by their distance to it over max(1, length/S), pixels outside of the stretch not at all; each row sums to 1.
 */
export function resizeMatrix({ pixel, place, size, start, length }: ResizedAxis): Node {
  const scale = multiply(length, 1 / size);
  const reach = maximum(scale, 1);
  const inStretch = start ? subtract(pixel, start) : pixel;
  const center = divide(multiply(add(place, 0.5), scale), reach);
  const middle = divide(add(inStretch, 0.5), reach);
  const rising = subtract(middle, multiply(outside(inStretch, length), outsidePenalty));
  // min(1 + d, 1 − d) with the signed distance d, in as few passes over [S, M] as there can be.
  const weight = relu(minimum(add(rising, subtract(1, center)), subtract(add(center, 1), middle)));
  return multiply(weight, divide(1, reduceSum(weight, [weight.shape.length - 1], true)));
}

/** 0, 1, … count − 1 as a row [1, count] or a column [count, 1]. */
export function places(count: number, direction: 'row' | 'column'): Node {
  const values = Float64Array.from({ length: count }, (_, i) => i);
  return constant(values, direction === 'row' ? [1, count] : [count, 1]);
}

/** 1 where a pixel, counted from the stretch's start, is before or after the stretch, else 0. */
function outside(inStretch: Node, length: Node): Node {
  return add(step(subtract(-0.5, inStretch)), step(subtract(inStretch, subtract(length, 0.5))));
}
