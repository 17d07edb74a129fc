import { formatShape, sameShape } from '../../graph/shape.ts';
import type { Node, Shape } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import type { LoweringContext } from './context.ts';

/** Reshape as ONNX has it: 0 keeps the size at its place, one −1 is inferred. */
export function emitReshape(onnx: OnnxEmitter, x: string, sizes: readonly number[]): string {
  return onnx.emit('Reshape', [x, onnx.int64s(sizes)]);
}

/** Reshape between shapes of the graph. */
export function reshapeTo(context: LoweringContext, x: string, from: Shape, to: Shape): string {
  if (sameShape(from, to)) return x;
  const sizes = to.map((dim, axis) => (typeof dim === 'number' ? dim : dim === from[axis] ? 0 : -1));
  const inferred = sizes.filter((size) => size === -1).length;
  return inferred <= 1
    ? emitReshape(context.onnx, x, sizes)
    : context.onnx.emit('Reshape', [x, context.sizes(to)]);
}

export function emitTranspose(onnx: OnnxEmitter, x: string, permutation: readonly number[]): string {
  if (permutation.every((from, to) => from === to)) return x;
  return onnx.emit('Transpose', [x], { perm: { ints: permutation } });
}

/** Pads the given axes (negative sizes crop), with zeros or with `value`. */
export function emitPad(
  onnx: OnnxEmitter,
  x: string,
  before: readonly number[],
  after: readonly number[],
  value?: number,
): string {
  if (before.every((size) => size === 0) && after.every((size) => size === 0)) return x;
  const inputs = [x, onnx.int64s([...before, ...after])];
  return onnx.emit('Pad', value === undefined ? inputs : [...inputs, onnx.float(value)]);
}

export interface AxisRange {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly stride: number;
}

export function emitSlice(onnx: OnnxEmitter, x: string, ranges: readonly AxisRange[]): string {
  if (ranges.length === 0) return x;
  const vector = (of: (range: AxisRange) => number): string => onnx.int64s(ranges.map(of));
  const [starts, ends] = [vector((range) => range.start), vector((range) => range.end)];
  return onnx.emit('Slice', [x, starts, ends, vector((r) => r.axis), vector((r) => r.stride)]);
}

export function lowerSlice(node: Node<'slice'>, x: string, onnx: OnnxEmitter): string {
  const { starts, ends, strides } = node.attributes;
  const from = node.inputs[0].shape;
  const ranges = starts.map((start, axis) => ({ axis, start, end: ends[axis], stride: strides[axis] }));
  const isWhole = ({ axis, start, end, stride }: AxisRange): boolean =>
    start === 0 && stride === 1 && (end === Infinity || end === from[axis]);
  const partial = ranges.filter((range) => !isWhole(range));
  return node.dtype === 'int32' ? gatherRanges(onnx, x, partial) : emitSlice(onnx, x, partial);
}

/** WebGPU slices floats only, but gathers integers too. */
function gatherRanges(onnx: OnnxEmitter, x: string, ranges: readonly AxisRange[]): string {
  return ranges.reduce((value, { axis, start, end, stride }) => {
    const count = Math.ceil((end - start) / stride);
    const places = Array.from({ length: count }, (_, i) => start + i * stride);
    return onnx.emit('Gather', [value, onnx.int64s(places)], { axis: { int: axis } });
  }, x);
}

/**
 * Zeros between the elements of a strided axis come from padding a new axis of one place: [n] → [n, 1] →
 * [n, stride] → [n·stride]. Then one pad (or crop) puts everything at its place.
 */
export function lowerUnslice(node: Node<'unslice'>, g: string, onnx: OnnxEmitter): string {
  const { shape, starts, strides } = node.attributes;
  const counts = node.inputs[0].shape.map(Number);
  const spread = spreadAxes(onnx, g, counts, strides);
  const after = shape.map((size, axis) => size - starts[axis] - counts[axis] * strides[axis]);
  return emitPad(onnx, spread, starts, after);
}

function spreadAxes(
  onnx: OnnxEmitter,
  x: string,
  counts: readonly number[],
  strides: readonly number[],
): string {
  if (strides.every((stride) => stride === 1)) return x;
  const split = counts.flatMap((count, axis) => (strides[axis] > 1 ? [count, 1] : [count]));
  const after = strides.flatMap((stride) => (stride > 1 ? [0, stride - 1] : [0]));
  const before = after.map(() => 0);
  const padded = emitPad(onnx, emitReshape(onnx, x, split), before, after);
  return emitReshape(
    onnx,
    padded,
    counts.map((count, axis) => count * strides[axis]),
  );
}

export function broadcastTo(context: LoweringContext, x: string, from: Shape, to: Shape): string {
  return sameShape(from, to) ? x : context.onnx.emit('Expand', [x, context.sizes(to)]);
}

/** Zeros of a shape, stored as one number. */
export function zeros(context: LoweringContext, shape: Shape): string {
  return context.onnx.emit('Expand', [context.onnx.float(0), context.sizes(shape)]);
}

/** float32 0, 1, … along an axis of x. */
export function lowerIota(node: Node<'iota'>, onnx: OnnxEmitter, x: string): string {
  const { axis } = node.attributes;
  const [dim] = node.shape;
  if (dim === undefined) throw new Error(`iota of ${formatShape(node.shape)}`);
  if (typeof dim === 'number') {
    return onnx.constant({
      type: 'float32',
      shape: [dim],
      data: Float32Array.from({ length: dim }, (_, i) => i),
    });
  }
  const size = onnx.emit('Shape', [x], { start: { int: axis }, end: { int: axis + 1 } });
  const limit = emitReshape(onnx, onnx.emit('Cast', [size], { to: { int: 1 } }), []);
  return onnx.emit('Range', [onnx.float(0), limit, onnx.float(1)]);
}
