import { batchStatistics } from '../engine/graph/batchStatistics.ts';
import * as ops from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { assign, buffer, latest } from './variables.ts';
import type { Node } from '../engine/graph/node.ts';
import type { Initializer, Scope } from './variables.ts';

/** What PyTorch adds to the variance before the square root. */
const epsilon = 1e-5;
/** The share of the newest batch in the running statistics. */
export const runningShare = 0.1;

/**
 * x·Wᵀ + b: (x [N, in]) → [N, out]. Declares `weight` [out, in] and, unless `bias` is false, `bias` [out], both
 * uniform within ±1/√in as PyTorch's; `initializer` replaces the weight's.
 */
export function linear(
  scope: Scope,
  x: Node,
  {
    out,
    bias = true,
    initializer,
  }: { readonly out: number; readonly bias?: boolean; readonly initializer?: Initializer },
): Node {
  const inputs = staticDim(x.shape, 1);
  const uniform: Initializer = { kind: 'uniform', bound: 1 / Math.sqrt(inputs) };
  const weight = scope.parameter('weight', [out, inputs], initializer ?? uniform);
  const product = ops.matmul(x, weight, { transposeB: true });
  return bias ? ops.add(product, scope.parameter('bias', [out], uniform)) : product;
}

/**
 * A convolution without bias: (x [N, C, H, W]) → [N, out, H', W']. Declares `weight` [out, C/groups, kernel, kernel],
 * normal with variance 2/(out·kernel²) (He et al. 2015, equation 14: fan out, for ReLU).
 */
export function conv2d(
  scope: Scope,
  x: Node,
  shape: {
    readonly out: number;
    readonly kernel: number;
    readonly stride: number;
    readonly padding: number;
    readonly groups?: number;
  },
): Node {
  const { out, kernel, groups = 1, ...windows } = shape;
  const deviation = Math.sqrt(2 / (out * kernel * kernel));
  const weight = scope.parameter('weight', [out, staticDim(x.shape, 1) / groups, kernel, kernel], {
    kind: 'normal',
    deviation,
  });
  return ops.conv2d(x, weight, groups === 1 ? windows : { ...windows, groups });
}

export interface BatchNormOptions {
  /** False: no learned scale and shift. */
  readonly affine?: boolean;
  /**
   * Training only: sample i is normalised among the samples j with j ≡ i (mod splits), which imitates as many devices
   * (SplitBatchNorm of the MoCo CIFAR-10 demo). The scope's `normSplits` unless given. Errors if the batch is not divisible.
   */
  readonly splits?: number;
}

/**
 * Batch normalisation of axis 1 (Ioffe & Szegedy 2015), x [N, C] or [N, C, H, W]. In training by the batch's
 * statistics, and the buffers `running_mean` and `running_var` (unbiased) [C] move a tenth towards them, at each call in
 * turn; in inference by the buffers. Declares `weight` and `bias` [C] unless `affine` is false.
 * Errors in training: a batch that leaves one value a channel, whose variance is not defined.
 */
export function batchNorm(
  scope: Scope,
  x: Node,
  { affine = true, splits = scope.normSplits }: BatchNormOptions = {},
): Node {
  const channels = staticDim(x.shape, 1);
  const scale = affine
    ? scope.parameter('weight', [channels], { kind: 'constant', value: 1 })
    : ops.full(1, [channels]);
  const shift = affine
    ? scope.parameter('bias', [channels], { kind: 'constant', value: 0 })
    : ops.full(0, [channels]);
  const mean = buffer(scope, 'running_mean', [channels], { kind: 'constant', value: 0 });
  const variance = buffer(scope, 'running_var', [channels], { kind: 'constant', value: 1 });
  if (scope.mode === 'inference') return normalizeByBuffers(x, { scale, shift, mean, variance });
  const grouped = splitBatch(x, splits);
  updateRunningStatistics(scope, grouped, splits);
  const normalized = ops.batchNorm(grouped, repeat(scale, splits), repeat(shift, splits), epsilon);
  return splits === 1 ? normalized : ops.reshape(normalized, x.shape);
}

/** [N, C, H, W] → [N, C], the mean over all positions. */
export function globalAveragePool(x: Node): Node {
  return ops.reduceMean(x, [2, 3]);
}

interface ChannelStatistics {
  readonly scale: Node;
  readonly shift: Node;
  readonly mean: Node;
  readonly variance: Node;
}

function normalizeByBuffers(x: Node, { scale, shift, mean, variance }: ChannelStatistics): Node {
  const slope = ops.divide(scale, ops.sqrt(ops.add(variance, epsilon)));
  return ops.channelAffine(x, slope, ops.subtract(shift, ops.multiply(mean, slope)));
}

/** [N, C, …] → [N/splits, splits·C, …]: each group of samples becomes channels of its own. */
function splitBatch(x: Node, splits: number): Node {
  if (splits === 1) return x;
  const [batch, channels] = [staticDim(x.shape, 0), staticDim(x.shape, 1)];
  if (!Number.isInteger(splits) || splits < 1 || batch % splits !== 0)
    throw new Error(`batchNorm: a batch of ${batch} cannot be split into ${splits} equal groups`);
  return ops.reshape(x, [batch / splits, splits * channels, ...x.shape.slice(2)]);
}

function repeat(vector: Node, times: number): Node {
  return times === 1
    ? vector
    : ops.concat(
        Array.from({ length: times }, () => vector),
        0,
      );
}

function updateRunningStatistics(scope: Scope, grouped: Node, splits: number): void {
  const count = ops
    .channelReductionAxes(grouped)
    .reduce((product, axis) => product * staticDim(grouped.shape, axis), 1);
  if (count < 2)
    throw new Error(
      `batchNorm: training needs more than one value a channel, "${scope.path}" gets ${count}: use a larger batch`,
    );
  const { mean, variance } = batchStatistics(grouped, epsilon);
  moveTowards(scope, 'running_mean', groupMean(mean, splits));
  moveTowards(scope, 'running_var', ops.multiply(groupMean(variance, splits), count / (count - 1)));
}

function groupMean(values: Node, splits: number): Node {
  if (splits === 1) return values;
  return ops.reduceMean(ops.reshape(values, [splits, staticDim(values.shape, 0) / splits]), [0]);
}

function moveTowards(scope: Scope, name: string, value: Node): void {
  const kept = ops.multiply(latest(scope, name), 1 - runningShare);
  assign(scope, name, ops.add(kept, ops.multiply(value, runningShare)));
}
