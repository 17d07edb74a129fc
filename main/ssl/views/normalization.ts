import { cast, channelAffine, constant, multiply } from '../../engine/graph/ops.ts';
import type { Node } from '../../engine/graph/node.ts';

/** Mean and standard deviation of ImageNet's channels (red, green, blue) in 0 … 1, as torchvision's models expect. */
export const imageNetMean = [0.485, 0.456, 0.406] as const;
export const imageNetStd = [0.229, 0.224, 0.225] as const;

/** Pixels uint8 [N, 3, …] in 0 … 255 as float32 in 0 … 1. */
export function pixelsToFloat(pixels: Node): Node {
  return multiply(cast(pixels, 'float32'), 1 / 255);
}

/** (x − mean) / std a channel. @param x float32 [N, 3, …] in 0 … 1 */
export function normalizeImage(x: Node): Node {
  const scale = imageNetStd.map((std) => 1 / std);
  const shift = imageNetStd.map((std, channel) => -imageNetMean[channel] / std);
  return channelAffine(x, constant(Float64Array.from(scale), [3]), constant(Float64Array.from(shift), [3]));
}

/** The inverse of `normalizeImage`: back to 0 … 1. @param x float32 [N, 3, …] */
export function denormalizeImage(x: Node): Node {
  return channelAffine(
    x,
    constant(Float64Array.from(imageNetStd), [3]),
    constant(Float64Array.from(imageNetMean), [3]),
  );
}
