/**
 * The functions that build graph. Each returns a node; shapes are checked at once, so a mistake is reported
 * where it is made. See `OpAttributes` in `node.ts` for what each op means.
 */
import { shapeRules, type LeafOp } from './shapeRules.ts';
import { elementCount, formatShape, staticDim } from './shape.ts';
import type {
  Conv2dAttributes,
  DType,
  Node,
  NumericArray,
  Op,
  OpAttributes,
  Pool2dAttributes,
  Shape,
  Tensor,
} from './node.ts';

/** Builds a node of any op but a leaf. Errors name the op and its operands' shapes. */
export function makeNode<O extends Exclude<Op, LeafOp>>(
  op: O,
  inputs: readonly Node[],
  attributes: OpAttributes[O],
): Node<O> {
  try {
    return { op, inputs, attributes, ...shapeRules[op](inputs, attributes) };
  } catch (error) {
    const operands = inputs.map((input) => `${input.dtype} ${formatShape(input.shape)}`).join(', ');
    throw new Error(`${op}(${operands}): ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** A value that the caller gives at each step. */
export function feed(name: string, shape: Shape, dtype: DType = 'float32'): Node<'feed'> {
  return { op: 'feed', inputs: [], attributes: { name }, shape, dtype };
}

/** A value that the executor keeps between steps; `Graph.updates[name]` replaces it. */
export function state(name: string, shape: readonly number[], dtype: DType = 'float32'): Node<'state'> {
  return { op: 'state', inputs: [], attributes: { name }, shape, dtype };
}

export function constant(data: NumericArray, shape: readonly number[], dtype: DType = 'float32'): Node {
  const value: Tensor = { dtype, shape, data };
  return makeNode('constant', [], { value });
}

/** A float32 constant of rank 0. */
export function scalar(value: number): Node {
  return constant(Float64Array.of(value), []);
}

/** A float32 constant with `value` everywhere. */
export function full(value: number, shape: readonly number[]): Node {
  return constant(new Float64Array(elementCount(shape)).fill(value), shape);
}

/** A number stands for a rank-0 constant wherever an operand is expected. */
export type Operand = Node | number;

function toNode(operand: Operand): Node {
  return typeof operand === 'number' ? scalar(operand) : operand;
}

export const iota = (x: Node, axis: number): Node => makeNode('iota', [x], { axis });
export const negate = (x: Node): Node => makeNode('negate', [x], {});
export const exp = (x: Node): Node => makeNode('exp', [x], {});
export const log = (x: Node): Node => makeNode('log', [x], {});
export const sqrt = (x: Node): Node => makeNode('sqrt', [x], {});
export const tanh = (x: Node): Node => makeNode('tanh', [x], {});
export const relu = (x: Node): Node => makeNode('relu', [x], {});
export const clamp = (x: Node, low: number, high: number): Node => makeNode('clamp', [x], { low, high });
export const step = (x: Node): Node => makeNode('step', [x], {});
export const cast = (x: Node, dtype: DType): Node =>
  x.dtype === dtype ? x : makeNode('cast', [x], { dtype });
export const stopGradient = (x: Node): Node => makeNode('stopGradient', [x], {});

export const add = (a: Operand, b: Operand): Node => makeNode('add', [toNode(a), toNode(b)], {});
export const subtract = (a: Operand, b: Operand): Node => makeNode('subtract', [toNode(a), toNode(b)], {});
export const multiply = (a: Operand, b: Operand): Node => makeNode('multiply', [toNode(a), toNode(b)], {});
export const divide = (a: Operand, b: Operand): Node => makeNode('divide', [toNode(a), toNode(b)], {});
export const maximum = (a: Operand, b: Operand): Node => makeNode('maximum', [toNode(a), toNode(b)], {});
export const minimum = (a: Operand, b: Operand): Node => makeNode('minimum', [toNode(a), toNode(b)], {});
export const equal = (a: Operand, b: Operand): Node => makeNode('equal', [toNode(a), toNode(b)], {});
export const square = (x: Node): Node => multiply(x, x);

/** All axes where none are given. */
export function reduceSum(x: Node, axes: readonly number[] = allAxes(x), keepDims = false): Node {
  return axes.length === 0 ? x : makeNode('reduceSum', [x], { axes, keepDims });
}

export function reduceMax(x: Node, axes: readonly number[] = allAxes(x), keepDims = false): Node {
  return axes.length === 0 ? x : makeNode('reduceMax', [x], { axes, keepDims });
}

/** Errors on a named dimension among `axes`. */
export function reduceMean(x: Node, axes: readonly number[] = allAxes(x), keepDims = false): Node {
  const count = axes.reduce((product, axis) => product * staticDim(x.shape, axis), 1);
  return multiply(reduceSum(x, axes, keepDims), 1 / count);
}

/** log Σ exp along `axes`, shifted by the maximum so that it does not overflow. */
export function logSumExp(x: Node, axes: readonly number[], keepDims = false): Node {
  const shift = stopGradient(reduceMax(x, axes, true));
  const sum = log(reduceSum(exp(subtract(x, shift)), axes, true));
  const result = add(sum, shift);
  return keepDims
    ? result
    : reshape(
        result,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

export const reshape = (x: Node, shape: Shape): Node => makeNode('reshape', [x], { shape });
export const transpose = (x: Node, permutation: readonly number[]): Node =>
  makeNode('transpose', [x], { permutation });
export const broadcastTo = (x: Node, shape: Shape): Node => makeNode('broadcastTo', [x], { shape });

/** `ends` of Infinity with start 0 keeps a whole axis, also a named one. */
export function slice(
  x: Node,
  starts: readonly number[],
  ends: readonly number[],
  strides: readonly number[] = starts.map(() => 1),
): Node {
  const known = ends.map((end, axis) => {
    const dim = x.shape[axis];
    return end === Infinity && typeof dim === 'number' ? dim : end;
  });
  return makeNode('slice', [x], { starts, ends: known, strides });
}

/** x[start:end] along one axis, all of the others. */
export function sliceAxis(x: Node, axis: number, start: number, end: number): Node {
  const at = (value: number, otherwise: number): number[] =>
    x.shape.map((_, i) => (i === axis ? value : otherwise));
  return slice(x, at(start, 0), at(end, Infinity));
}

export const pad = (x: Node, before: readonly number[], after: readonly number[]): Node =>
  makeNode('pad', [x], { before, after });
export const concat = (xs: readonly Node[], axis: number): Node => makeNode('concat', xs, { axis });
export const gatherRows = (table: Node, indices: Node): Node => makeNode('gatherRows', [table, indices], {});
export const scatterAddRows = (rows: Node, indices: Node, rowCount: number): Node =>
  makeNode('scatterAddRows', [rows, indices], { rowCount });

export function matmul(a: Node, b: Node, { transposeA = false, transposeB = false } = {}): Node {
  return makeNode('matmul', [a, b], { transposeA, transposeB });
}

export const conv2d = (x: Node, w: Node, attributes: Conv2dAttributes): Node =>
  makeNode('conv2d', [x, w], attributes);
export const maxPool2d = (x: Node, attributes: Pool2dAttributes): Node =>
  makeNode('maxPool2d', [x], attributes);
export const channelAffine = (x: Node, scale: Node, shift: Node): Node =>
  makeNode('channelAffine', [x, scale, shift], {});
export const fusedAffine = (
  x: Node,
  scale: Node,
  shift: Node,
  { addend, relu = false }: { readonly addend?: Node; readonly relu?: boolean } = {},
): Node => makeNode('fusedAffine', addend ? [x, scale, shift, addend] : [x, scale, shift], { relu });
export const batchNorm = (x: Node, scale: Node, shift: Node, epsilon = 1e-5): Node =>
  makeNode('batchNorm', [x, scale, shift], { epsilon });

/** The axes that are not the channel's: 0, 2, 3 … */
export function channelReductionAxes(x: Node): number[] {
  return allAxes(x).filter((axis) => axis !== 1);
}

function allAxes(x: Node): number[] {
  return x.shape.map((_, axis) => axis);
}
