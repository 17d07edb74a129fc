import { sameShape, staticDim, staticShape } from '../graph/shape.ts';
import {
  add,
  broadcastTo,
  cast,
  channelAffine,
  channelReductionAxes,
  conv2d,
  divide,
  equal,
  full,
  gatherRows,
  makeNode,
  matmul,
  multiply,
  negate,
  reduceSum,
  reshape,
  scatterAddRows,
  slice,
  square,
  step,
  subtract,
  transpose,
} from '../graph/ops.ts';
import { batchStatistics } from '../graph/batchStatistics.ts';
import type { Conv2dAttributes, Node, Op, OpAttributes, Shape } from '../graph/node.ts';

/** ∂loss/∂input for each input, given g = ∂loss/∂output; null where no gradient flows. */
type GradientRule<O extends Op> = (g: Node, y: Node<O>) => readonly (Node | null)[];

/** Why an op has no rule: its derivative is zero almost everywhere, or nobody needs it yet. */
export type NoGradient = 'leaf' | 'zero' | 'not differentiable';

export const gradientRules: { readonly [O in Op]: GradientRule<O> | NoGradient } = {
  feed: 'leaf',
  state: 'leaf',
  constant: 'leaf',
  iota: 'zero',

  negate: (g) => [negate(g)],
  exp: (g, y) => [multiply(g, y)],
  log: (g, y) => [divide(g, y.inputs[0])],
  sqrt: (g, y) => [divide(multiply(g, 0.5), y)],
  tanh: (g, y) => [multiply(g, subtract(1, square(y)))],
  relu: (g, y) => [multiply(g, step(y))],
  clamp: (g, y) => {
    const { low, high } = y.attributes;
    const [x] = y.inputs;
    return [multiply(g, multiply(step(subtract(x, low)), step(subtract(high, x))))];
  },
  step: 'zero',
  cast: (g, y) => [y.inputs[0].dtype === 'float32' ? cast(g, 'float32') : null],
  stopGradient: 'zero',

  add: (g, y) => [unbroadcast(g, y.inputs[0]), unbroadcast(g, y.inputs[1])],
  subtract: (g, y) => [unbroadcast(g, y.inputs[0]), unbroadcast(negate(g), y.inputs[1])],
  multiply: (g, y) => {
    const [a, b] = y.inputs;
    return [unbroadcast(multiply(g, b), a), unbroadcast(multiply(g, a), b)];
  },
  divide: (g, y) => {
    const [a, b] = y.inputs;
    const quotient = divide(g, b);
    return [unbroadcast(quotient, a), unbroadcast(negate(multiply(quotient, y)), b)];
  },
  maximum: (g, y) => winnerTakesGradient(g, y),
  minimum: (g, y) => winnerTakesGradient(g, y),
  equal: 'zero',

  reduceSum: (g, y) => [broadcastTo(keepDims(g, y.inputs[0], y.attributes.axes), y.inputs[0].shape)],
  reduceMax: (g, y) => {
    const [x] = y.inputs;
    const { axes } = y.attributes;
    // Equal maxima share the gradient.
    const winners = equal(x, keepDims(y, x, axes));
    return [multiply(winners, divide(keepDims(g, x, axes), reduceSum(winners, axes, true)))];
  },

  reshape: (g, y) => [reshape(g, y.inputs[0].shape)],
  transpose: (g, y) => [transpose(g, inversePermutation(y.attributes.permutation))],
  broadcastTo: (g, y) => [unbroadcast(g, y.inputs[0])],
  slice: (g, y) => [makeNode('unslice', [g], { ...y.attributes, shape: staticShape(y.inputs[0].shape) })],
  unslice: (g, y) => {
    const { starts, ends, strides } = y.attributes;
    return [slice(g, starts, ends, strides)];
  },
  pad: (g, y) => {
    const { before } = y.attributes;
    return [
      slice(
        g,
        before,
        y.inputs[0].shape.map((dim, axis) => (typeof dim === 'number' ? before[axis] + dim : Infinity)),
      ),
    ];
  },
  concat: (g, y) => splitLike(g, y.inputs, y.attributes.axis),
  gatherRows: (g, y) => [scatterAddRows(g, y.inputs[1], staticDim(y.inputs[0].shape, 0)), null],
  scatterAddRows: (g, y) => [gatherRows(g, y.inputs[1]), null],

  matmul: (g, y) => matmulGradient(g, y),
  conv2d: (g, y) => {
    const [x, w] = y.inputs;
    return [conv2dInputGradient(g, w, x, y.attributes), conv2dWeightGradient(x, g, w, y.attributes)];
  },
  conv2dInputGradient: (g, y) => {
    const [upstream, w] = y.inputs;
    return [conv2d(g, w, windowsOf(y.attributes)), conv2dWeightGradient(g, upstream, w, y.attributes)];
  },
  conv2dWeightGradient: (g, y) => {
    const [x, upstream] = y.inputs;
    return [conv2dInputGradient(upstream, g, x, y.attributes), conv2d(x, g, windowsOf(y.attributes))];
  },
  maxPool2d: (g, y) => [makeNode('maxPool2dGradient', [y.inputs[0], y, g], y.attributes)],
  maxPool2dGradient: 'not differentiable',
  channelAffine: (g, y) => {
    const [x, scale] = y.inputs;
    const axes = channelReductionAxes(x);
    return [channelScale(g, scale), reduceSum(multiply(g, x), axes), reduceSum(g, axes)];
  },
  fusedAffine: 'not differentiable',
  batchNorm: (g, y) => batchNormGradient(g, y),
};

/** Sums g over the axes along which `operand` was broadcast. */
function unbroadcast(g: Node, operand: Node): Node {
  if (sameShape(g.shape, operand.shape)) return g;
  const added = g.shape.length - operand.shape.length;
  const axes = g.shape.flatMap((dim, axis) => {
    const own = axis < added ? undefined : operand.shape[axis - added];
    return own === undefined || (own === 1 && dim !== 1) ? [axis] : [];
  });
  return reshape(reduceSum(g, axes), operand.shape);
}

/** Where both are equal each gets half, as the subgradient in the middle. */
function winnerTakesGradient(g: Node, y: Node): readonly Node[] {
  const [a, b] = y.inputs;
  const share = (own: Node, other: Node): Node => {
    const wins = equal(own, y);
    return unbroadcast(multiply(g, divide(wins, add(wins, equal(other, y)))), own);
  };
  return [share(a, b), share(b, a)];
}

function keepDims(reduced: Node, x: Node, axes: readonly number[]): Node {
  const shape: Shape = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  return sameShape(reduced.shape, shape) ? reduced : reshape(reduced, shape);
}

function inversePermutation(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length);
  permutation.forEach((from, to) => (inverse[from] = to));
  return inverse;
}

function splitLike(g: Node, parts: readonly Node[], axis: number): Node[] {
  let start = 0;
  return parts.map((part) => {
    const end = start + staticDim(part.shape, axis);
    const at = (value: number, otherwise: number): number[] =>
      g.shape.map((_, i) => (i === axis ? value : otherwise));
    const piece = slice(g, at(start, 0), at(end, Infinity));
    start = end;
    return piece;
  });
}

function matmulGradient(g: Node, y: Node<'matmul'>): readonly Node[] {
  const [a, b] = y.inputs;
  const { transposeA, transposeB } = y.attributes;
  const gradientA = transposeA
    ? matmul(b, g, { transposeA: transposeB, transposeB: true })
    : matmul(g, b, { transposeB: !transposeB });
  const gradientB = transposeB
    ? matmul(g, a, { transposeA: true, transposeB: transposeA })
    : matmul(a, g, { transposeA: !transposeA });
  return [unbroadcast(gradientA, a), unbroadcast(gradientB, b)];
}

function conv2dInputGradient(g: Node, w: Node, x: Node, attributes: Conv2dAttributes): Node {
  const inputSize = [staticDim(x.shape, 2), staticDim(x.shape, 3)] as const;
  const { stride, padding, groups = 1 } = attributes;
  if (groups === 1 || stride === 1)
    return makeNode('conv2dInputGradient', [g, w], { ...windowsOf(attributes), inputSize });
  // Zeros between the gradients spare a transposed convolution in groups, which few devices have.
  const dense = spreadWindows(g, w, { stride, padding, inputSize });
  return makeNode('conv2dInputGradient', [dense, w], { stride: 1, padding, groups, inputSize });
}

/** The gradient of windows at every pixel, 0 where a stride leaves them out: g at each `stride`th place. */
function spreadWindows(
  g: Node,
  w: Node,
  { stride, padding, inputSize }: OpAttributes['conv2dInputGradient'],
): Node {
  const [batch, channels, ...counts] = g.shape.map((_, axis) => staticDim(g.shape, axis));
  const sizes = inputSize.map((size, i) => size + 2 * padding - staticDim(w.shape, i + 2) + 1);
  return makeNode('unslice', [g], {
    shape: [batch, channels, ...sizes],
    starts: [0, 0, 0, 0],
    ends: [batch, channels, ...counts.map((count) => (count - 1) * stride + 1)],
    strides: [1, 1, stride, stride],
  });
}

function conv2dWeightGradient(x: Node, g: Node, w: Node, attributes: Conv2dAttributes): Node {
  const kernelSize = [staticDim(w.shape, 2), staticDim(w.shape, 3)] as const;
  return makeNode('conv2dWeightGradient', [x, g], { ...windowsOf(attributes), kernelSize });
}

/** What a convolution and its gradients have in common. */
function windowsOf({ stride, padding, groups }: Conv2dAttributes): Conv2dAttributes {
  return groups === undefined ? { stride, padding } : { stride, padding, groups };
}

/** scale·x, a channel at a time. */
function channelScale(x: Node, scale: Node): Node {
  return channelAffine(x, scale, full(0, [staticDim(x.shape, 1)]));
}

/**
 * Ioffe & Szegedy 2015, section 3, arranged so that only two sums over the batch are needed and dx is two
 * channel-wise affine maps: with m elements a channel, σ = √(variance + ε), s₁ = Σg and s₂ = Σg·x,
 * dscale = (s₂ − mean·s₁)/σ, dshift = s₁, dx = (scale/σ)·g + b·x + c, b = −scale·dscale/(m·σ²),
 * c = −scale·s₁/(m·σ) − b·mean.
 */
function batchNormGradient(g: Node, y: Node<'batchNorm'>): readonly Node[] {
  const [x, scale] = y.inputs;
  const axes = channelReductionAxes(x);
  const count = axes.reduce((product, axis) => product * staticDim(x.shape, axis), 1);
  const { mean, inverseDeviation } = batchStatistics(x, y.attributes.epsilon);
  const sum = reduceSum(g, axes);
  const scaleGradient = multiply(
    subtract(reduceSum(multiply(g, x), axes), multiply(mean, sum)),
    inverseDeviation,
  );
  const slope = multiply(scale, inverseDeviation);
  const onX = multiply(multiply(multiply(slope, inverseDeviation), scaleGradient), -1 / count);
  const offset = subtract(multiply(multiply(slope, sum), -1 / count), multiply(onX, mean));
  return [add(channelScale(g, slope), channelAffine(x, onX, offset)), scaleGradient, sum];
}
