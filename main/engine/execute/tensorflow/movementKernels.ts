import type { OpAttributes } from '../../graph/node.ts';
import type { KernelRows } from './kernel.ts';
import type { TensorFlow, TfTensor } from './tensorFlow.ts';
import { toTensorFlow } from './transfer.ts';

export function movementKernels(
  tf: TensorFlow,
): KernelRows<
  | 'constant'
  | 'iota'
  | 'reshape'
  | 'transpose'
  | 'broadcastTo'
  | 'slice'
  | 'unslice'
  | 'pad'
  | 'concat'
  | 'gatherRows'
  | 'scatterAddRows'
> {
  return {
    constant: (_, { value }) => toTensorFlow(tf, value),
    iota: (_inputs, _attributes, [size]) => tf.range(0, size, 1, 'float32'),
    reshape: ([x], _, shape) => tf.reshape(x, [...shape]),
    transpose: ([x], { permutation }) => tf.transpose(x, [...permutation]),
    broadcastTo: ([x], _, shape) => tf.broadcastTo(x, [...shape]),
    slice: ([x], attributes) => slice(tf, x, attributes),
    unslice: ([g], attributes) => unslice(tf, g, attributes),
    pad: ([x], { before, after }) => padAxes(tf, x, before, after),
    concat: (xs, { axis }) => tf.concat([...xs], axis),
    gatherRows: ([table, indices]) => tf.gather(table, indices),
    scatterAddRows: ([rows, indices], _, shape) => tf.scatterND(tf.expandDims(indices, 1), rows, [...shape]),
  };
}

function slice(tf: TensorFlow, x: TfTensor, { starts, ends, strides }: OpAttributes['slice']): TfTensor {
  // Without axes there is nothing to leave out, and TensorFlow.js refuses.
  if (x.rank === 0) return tf.clone(x);
  const known = ends.map((end, axis) => Math.min(end, x.shape[axis]));
  if (strides.some((stride) => stride !== 1)) return tf.stridedSlice(x, [...starts], known, [...strides]);
  const sizes = known.map((end, axis) => end - starts[axis]);
  return tf.slice(x, [...starts], sizes);
}

/** Axis by axis: zeros between the values, then before and behind them. */
function unslice(tf: TensorFlow, g: TfTensor, { shape, starts, strides }: OpAttributes['unslice']): TfTensor {
  const spread = strides.reduce((x, stride, axis) => spreadAxis(tf, x, axis, stride), g);
  // The zeros behind the last value may reach over the end.
  const sizes = shape.map((size, axis) => Math.min(spread.shape[axis], size - starts[axis]));
  const fitting = sizes.length === 0 ? spread : tf.slice(spread, sizes.map(() => 0), sizes); // prettier-ignore
  const after = shape.map((size, axis) => size - starts[axis] - sizes[axis]);
  return padAxes(tf, fitting, starts, after);
}

/** [.., n, ..] → [.., n·stride, ..]: stride − 1 zeros behind each value along `axis`. */
function spreadAxis(tf: TensorFlow, x: TfTensor, axis: number, stride: number): TfTensor {
  if (stride === 1) return x;
  const none = new Array<number>(x.rank + 1).fill(0);
  const apart = padAxes(tf, tf.expandDims(x, axis + 1), none, none.with(axis + 1, stride - 1));
  return tf.reshape(apart, x.shape.with(axis, x.shape[axis] * stride));
}

function padAxes(tf: TensorFlow, x: TfTensor, before: readonly number[], after: readonly number[]): TfTensor {
  if (x.rank === 0) return tf.clone(x);
  return tf.pad(
    x,
    before.map((places, axis): [number, number] => [places, after[axis]]),
  );
}
