import { relu } from '../../engine/graph/ops.ts';
import { batchNorm, linear } from '../../nn/layers.ts';
import type { Node } from '../../engine/graph/node.ts';
import type { Scope } from '../../nn/variables.ts';

/** Which layers of a head are batch-normalised: all of them, all but the last, or none. */
export type HeadNormalization = 'all' | 'hidden' | 'none';

export interface MlpHeadOptions {
  /** Output size of each layer, the last one included. */
  readonly layers: readonly number[];
  readonly normalization: HeadNormalization;
  /** Whether layers without normalisation have a bias; normalised ones never do, the norm's shift takes its place. */
  readonly bias?: boolean;
  /** Whether the normalisation after the last layer learns a scale and a shift; true unless given. */
  readonly lastAffine?: boolean;
}

/**
 * A multi-layer perceptron on features: linear, normalisation, ReLU, …, linear[, normalisation].
 * Variables are named as `nn.Sequential` numbers its modules ("0.weight", "1.running_mean", "3.weight" …).
 * @param x [N, d]
 * @returns [N, last of layers]
 */
export function mlpHead(
  scope: Scope,
  x: Node,
  { layers, normalization, bias = true, lastAffine = true }: MlpHeadOptions,
): Node {
  let position = 0;
  const next = (): Scope => scope.child(String(position++));
  return layers.reduce((input, out, layer) => {
    const last = layer === layers.length - 1;
    const normalized = normalization === 'all' || (normalization === 'hidden' && !last);
    let y = linear(next(), input, { out, bias: bias && !normalized });
    if (normalized) y = batchNorm(next(), y, { affine: !last || lastAffine });
    if (last) return y;
    position++; // the ReLU's place
    return relu(y);
  }, x);
}
