import { broadcastShapes, elementCount, formatShape, sameShape, staticDim, windowCount } from './shape.ts';
import type { DType, Dim, Node, Op, OpAttributes, Shape } from './node.ts';

/** What a node of an op looks like, from its inputs and attributes. Errors where they do not fit. */
export interface ValueType {
  readonly shape: Shape;
  readonly dtype: DType;
}

type ShapeRule<O extends Op> = (inputs: readonly Node[], attributes: OpAttributes[O]) => ValueType;

/** Leaves carry the type that they were declared with, so they have no rule of their own. */
export type LeafOp = 'feed' | 'state';

export const shapeRules: { readonly [O in Exclude<Op, LeafOp>]: ShapeRule<O> } = {
  constant: (inputs, { value }) => {
    operands(inputs, 0);
    demand(
      elementCount(value.shape) === value.data.length,
      `${value.data.length} values for ${formatShape(value.shape)}`,
    );
    return { shape: value.shape, dtype: value.dtype };
  },
  iota: (inputs, { axis }) => {
    const [x] = operands(inputs, 1);
    return float([dimOf(x, axis)]);
  },

  negate: elementwise,
  exp: elementwise,
  log: elementwise,
  sqrt: elementwise,
  tanh: elementwise,
  relu: elementwise,
  clamp: elementwise,
  step: elementwise,
  cast: (inputs, { dtype }) => ({ shape: operands(inputs, 1)[0].shape, dtype }),
  stopGradient: (inputs) => {
    const [x] = operands(inputs, 1);
    return { shape: x.shape, dtype: x.dtype };
  },

  add: broadcast,
  subtract: broadcast,
  multiply: broadcast,
  divide: broadcast,
  maximum: broadcast,
  minimum: broadcast,
  equal: (inputs) => {
    const [a, b] = operands(inputs, 2);
    demand(a.dtype === b.dtype, `equal compares ${a.dtype} with ${b.dtype}`);
    return float(broadcastShapes(a.shape, b.shape));
  },

  reduceSum: (inputs, { axes, keepDims }) => reduced(inputs, axes, keepDims),
  reduceMax: (inputs, { axes, keepDims }) => reduced(inputs, axes, keepDims),

  reshape: (inputs, { shape }) => {
    const [x] = operands(inputs, 1);
    checkReshape(x.shape, shape);
    return { shape, dtype: x.dtype };
  },
  transpose: (inputs, { permutation }) => {
    const [x] = operands(inputs, 1);
    const sorted = [...permutation].sort((a, b) => a - b);
    demand(
      sorted.length === x.shape.length && sorted.every((axis, i) => axis === i),
      `[${permutation.join(', ')}] is no permutation of the axes of ${formatShape(x.shape)}`,
    );
    return { shape: permutation.map((axis) => dimOf(x, axis)), dtype: x.dtype };
  },
  broadcastTo: (inputs, { shape }) => {
    const [x] = operands(inputs, 1);
    demand(
      sameShape(broadcastShapes(x.shape, shape), shape),
      `${formatShape(x.shape)} does not broadcast to ${formatShape(shape)}`,
    );
    return { shape, dtype: x.dtype };
  },
  slice: (inputs, { starts, ends, strides }) => {
    const [x] = operands(inputs, 1);
    demand(
      [starts, ends, strides].every((list) => list.length === x.shape.length),
      `slice of ${formatShape(x.shape)} needs a start, an end and a stride for each axis`,
    );
    return {
      shape: starts.map((start, axis) => slicedDim(x, axis, start, ends[axis], strides[axis])),
      dtype: x.dtype,
    };
  },
  unslice: (inputs, { shape, starts, ends, strides }) => {
    const [g] = operands(inputs, 1);
    const expected = starts.map((start, axis) => Math.ceil((ends[axis] - start) / strides[axis]));
    demand(
      sameShape(g.shape, expected),
      `unslice: ${formatShape(g.shape)} is not the slice's ${formatShape(expected)}`,
    );
    demand(
      ends.every((end, axis) => end <= shape[axis]),
      `unslice writes outside of ${formatShape(shape)}`,
    );
    return { shape, dtype: g.dtype };
  },
  pad: (inputs, { before, after }) => {
    const [x] = operands(inputs, 1);
    demand(
      before.length === x.shape.length && after.length === x.shape.length,
      `pad of ${formatShape(x.shape)} needs two sizes for each axis`,
    );
    return { shape: x.shape.map((dim, axis) => paddedDim(dim, before[axis], after[axis])), dtype: x.dtype };
  },
  concat: (inputs, { axis }) => {
    const first = inputs[0];
    if (!first) throw new Error('concat needs at least one operand');
    for (const x of inputs) checkConcatOperand(first, x, axis);
    const total =
      inputs.length === 1 ? dimOf(first, axis) : inputs.reduce((sum, x) => sum + staticDim(x.shape, axis), 0);
    return { shape: first.shape.map((dim, i) => (i === axis ? total : dim)), dtype: first.dtype };
  },
  gatherRows: (inputs) => {
    const [table, indices] = operands(inputs, 2);
    checkIndices(indices);
    return { shape: [dimOf(indices, 0), ...table.shape.slice(1)], dtype: table.dtype };
  },
  scatterAddRows: (inputs, { rowCount }) => {
    const [rows, indices] = operands(inputs, 2);
    checkIndices(indices);
    demand(rows.shape[0] === indices.shape[0], 'scatterAddRows needs one index for each row');
    return { shape: [rowCount, ...rows.shape.slice(1)], dtype: rows.dtype };
  },

  matmul: (inputs, { transposeA, transposeB }) => {
    const [a, b] = operands(inputs, 2);
    requireFloat(a, b);
    demand(a.shape.length >= 2 && b.shape.length >= 2, 'matmul takes operands of at least two axes');
    const [rows, innerA] = lastTwo(a, transposeA);
    const [innerB, columns] = lastTwo(b, transposeB);
    demand(
      innerA === innerB,
      `matmul: ${formatShape(a.shape)} and ${formatShape(b.shape)} differ in the inner size`,
    );
    return float([...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), rows, columns]);
  },
  conv2d: (inputs, { stride, padding, groups = 1 }) => {
    const [x, w] = operands(inputs, 2);
    requireFloat(x, w);
    requireRank(x, 4);
    requireRank(w, 4);
    demand(
      x.shape[1] === groups * staticDim(w.shape, 1) && staticDim(w.shape, 0) % groups === 0,
      `conv2d: ${formatShape(x.shape)} has not the ${w.shape[1]} channels of the kernel` +
        (groups === 1 ? '' : ` in ${groups} groups`),
    );
    const size = [2, 3].map((axis) =>
      windowCount(staticDim(x.shape, axis), staticDim(w.shape, axis), stride, padding),
    );
    return float([dimOf(x, 0), dimOf(w, 0), ...size]);
  },
  conv2dInputGradient: (inputs, { stride, padding, inputSize, groups = 1 }) => {
    const [g, w] = operands(inputs, 2);
    requireFloat(g, w);
    requireRank(g, 4);
    requireRank(w, 4);
    demand(
      g.shape[1] === w.shape[0],
      `conv2dInputGradient: gradient ${formatShape(g.shape)}, kernel ${formatShape(w.shape)}`,
    );
    inputSize.forEach((size, i) => {
      const count = windowCount(size, staticDim(w.shape, i + 2), stride, padding);
      demand(
        count === g.shape[i + 2],
        `conv2dInputGradient: ${size} pixels do not give ${g.shape[i + 2]} windows`,
      );
    });
    return float([dimOf(g, 0), groups * staticDim(w.shape, 1), ...inputSize]);
  },
  conv2dWeightGradient: (inputs, { stride, padding, kernelSize, groups = 1 }) => {
    const [x, g] = operands(inputs, 2);
    requireFloat(x, g);
    requireRank(x, 4);
    requireRank(g, 4);
    demand(x.shape[0] === g.shape[0], 'conv2dWeightGradient: operands of different batch sizes');
    kernelSize.forEach((kernel, i) => {
      const count = windowCount(staticDim(x.shape, i + 2), kernel, stride, padding);
      demand(
        count === g.shape[i + 2],
        `conv2dWeightGradient: a kernel of ${kernel} does not give ${g.shape[i + 2]} windows`,
      );
    });
    return float([dimOf(g, 1), staticDim(x.shape, 1) / groups, ...kernelSize]);
  },

  maxPool2d: (inputs, { kernel, stride, padding }) => {
    const [x] = operands(inputs, 1);
    requireFloat(x);
    requireRank(x, 4);
    demand(padding * 2 <= kernel, `maxPool2d: padding ${padding} is more than half of the window ${kernel}`);
    const size = [2, 3].map((axis) => windowCount(staticDim(x.shape, axis), kernel, stride, padding));
    return float([dimOf(x, 0), dimOf(x, 1), ...size]);
  },
  maxPool2dGradient: (inputs) => {
    const [x, y, g] = operands(inputs, 3);
    requireFloat(x, y, g);
    demand(sameShape(y.shape, g.shape), 'maxPool2dGradient: y and its gradient differ in shape');
    return float(x.shape);
  },
  channelAffine: channelwise,
  fusedAffine: (inputs) => {
    const [x, scale, shift, addend = x] = inputs;
    demand(sameShape(addend.shape, x.shape), 'fusedAffine: the addend has another shape than x');
    requireFloat(addend);
    return channelwise([x, scale, shift]);
  },
  batchNorm: channelwise,
};

function operands(inputs: readonly Node[], count: 0): readonly [];
function operands(inputs: readonly Node[], count: 1): readonly [Node];
function operands(inputs: readonly Node[], count: 2): readonly [Node, Node];
function operands(inputs: readonly Node[], count: 3): readonly [Node, Node, Node];
function operands(inputs: readonly Node[], count: number): readonly Node[] {
  demand(inputs.length === count, `takes ${count} operands, got ${inputs.length}`);
  return inputs;
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

function requireRank(x: Node, rank: number): void {
  demand(x.shape.length === rank, `${formatShape(x.shape)} should have ${rank} axes`);
}

function requireFloat(...nodes: readonly Node[]): void {
  for (const node of nodes) demand(node.dtype === 'float32', `needs float32, got ${node.dtype}: cast first`);
}

function float(shape: Shape): ValueType {
  return { shape, dtype: 'float32' };
}

function dimOf(x: Node, axis: number): Dim {
  const dim = x.shape[axis];
  if (dim === undefined) throw new Error(`${formatShape(x.shape)} has no axis ${axis}`);
  return dim;
}

function elementwise(inputs: readonly Node[]): ValueType {
  const [x] = operands(inputs, 1);
  requireFloat(x);
  return float(x.shape);
}

function broadcast(inputs: readonly Node[]): ValueType {
  const [a, b] = operands(inputs, 2);
  requireFloat(a, b);
  return float(broadcastShapes(a.shape, b.shape));
}

function reduced(inputs: readonly Node[], axes: readonly number[], keepDims: boolean): ValueType {
  const [x] = operands(inputs, 1);
  requireFloat(x);
  demand(new Set(axes).size === axes.length && axes.length > 0, 'a reduction names each of its axes once');
  for (const axis of axes) dimOf(x, axis);
  const kept = x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  return float(keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)));
}

/** Named dimensions must survive: what is left and right of them may be regrouped. */
function checkReshape(from: Shape, to: Shape): void {
  const names = (shape: Shape): string => shape.filter((dim) => typeof dim === 'string').join();
  const count = (shape: Shape): number => elementCount(shape.filter((dim) => typeof dim === 'number'));
  const whole = to.every((dim) => typeof dim === 'string' || Number.isInteger(dim));
  const fits = whole && names(from) === names(to) && count(from) === count(to);
  demand(fits, `${formatShape(from)} cannot be reshaped to ${formatShape(to)}`);
}

function slicedDim(x: Node, axis: number, start: number, end: number, stride: number): Dim {
  const dim = dimOf(x, axis);
  const whole = start === 0 && end === Infinity && stride === 1;
  if (whole) return dim;
  demand(
    typeof dim === 'number' && start >= 0 && start < end && end <= dim && stride >= 1,
    `slice ${start}:${end}:${stride} does not fit axis ${axis} of ${formatShape(x.shape)}`,
  );
  return Math.ceil((end - start) / stride);
}

function paddedDim(dim: Dim, before: number, after: number): Dim {
  if (before === 0 && after === 0) return dim;
  demand(
    typeof dim === 'number' && before >= 0 && after >= 0,
    'pad adds a known number of places to an axis',
  );
  return dim + before + after;
}

function checkConcatOperand(first: Node, x: Node, axis: number): void {
  dimOf(x, axis);
  const fits =
    x.shape.length === first.shape.length && x.shape.every((dim, i) => i === axis || dim === first.shape[i]);
  demand(
    fits && x.dtype === first.dtype,
    `concat: ${formatShape(x.shape)} does not go with ${formatShape(first.shape)}`,
  );
}

function checkIndices(indices: Node): void {
  demand(indices.dtype === 'int32' && indices.shape.length === 1, 'row indices are int32 [n]');
}

function lastTwo(x: Node, transposed: boolean): readonly [Dim, Dim] {
  const [rows, columns] = [dimOf(x, x.shape.length - 2), dimOf(x, x.shape.length - 1)];
  return transposed ? [columns, rows] : [rows, columns];
}

function channelwise(inputs: readonly Node[]): ValueType {
  const [x, scale, shift] = operands(inputs, 3);
  requireFloat(x, scale, shift);
  for (const vector of [scale, shift]) {
    demand(
      vector.shape.length === 1 && vector.shape[0] === x.shape[1],
      `${formatShape(x.shape)} needs one value for each channel, got ${formatShape(vector.shape)}`,
    );
  }
  return float(x.shape);
}
