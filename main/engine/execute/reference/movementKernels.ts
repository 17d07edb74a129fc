import { countOf, forEachIndex, offsetAt, zeros } from './indexing.ts';
import type { KernelRows } from './kernel.ts';
import type { NumericArray, Tensor } from '../../graph/node.ts';

export const movementKernels: KernelRows<
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
> = {
  constant: (_, { value }) => value.data.slice(),
  iota: (_inputs, _attributes, shape) => Float64Array.from({ length: shape[0] }, (_, i) => i),
  reshape: ([x]) => x.data.slice(),
  transpose: ([x], { permutation }, shape) =>
    collect(x, shape, (index) => {
      const from = new Array<number>(index.length);
      permutation.forEach((axis, i) => (from[axis] = index[i]));
      return from;
    }),
  broadcastTo: ([x], _, shape) => collect(x, shape, (index) => index),
  slice: ([x], { starts, strides }, shape) =>
    collect(x, shape, (index) => index.map((i, axis) => starts[axis] + i * strides[axis])),
  unslice: ([g], { starts, strides }, shape) =>
    place(g, zeros(g.dtype, shape), shape, (index) =>
      index.map((i, axis) => starts[axis] + i * strides[axis]),
    ),
  pad: ([x], { before }, shape) =>
    place(x, zeros(x.dtype, shape), shape, (index) => index.map((i, axis) => before[axis] + i)),
  concat: (parts, { axis }, shape) => {
    const result = zeros(parts[0].dtype, shape);
    let start = 0;
    for (const part of parts) {
      const shift = start;
      place(part, result, shape, (index) => index.map((i, at) => (at === axis ? i + shift : i)));
      start += part.shape[axis];
    }
    return result;
  },
  gatherRows: ([table, indices], _, shape) => {
    const result = zeros(table.dtype, shape);
    const length = countOf(table.shape.slice(1));
    indices.data.forEach((row, i) => {
      checkRow(row, table.shape[0]);
      for (let k = 0; k < length; k++) result[i * length + k] = table.data[row * length + k];
    });
    return result;
  },
  scatterAddRows: ([rows, indices], { rowCount }, shape) => {
    const result = zeros(rows.dtype, shape);
    const length = countOf(rows.shape.slice(1));
    indices.data.forEach((row, i) => {
      checkRow(row, rowCount);
      for (let k = 0; k < length; k++) result[row * length + k] += rows.data[i * length + k];
    });
    return result;
  },
};

type IndexMap = (index: readonly number[]) => readonly number[];

/** Reads each place of the result from the place of x that `source` names. */
function collect(x: Tensor, shape: readonly number[], source: IndexMap): NumericArray {
  const result = zeros(x.dtype, shape);
  forEachIndex(shape, (index, offset) => {
    result[offset] = x.data[offsetAt(source(index), x.shape)];
  });
  return result;
}

/** Writes each element of x to the place of `result` that `target` names. */
function place(x: Tensor, result: NumericArray, shape: readonly number[], target: IndexMap): NumericArray {
  forEachIndex(x.shape, (index, offset) => {
    result[offsetAt(target(index), shape)] = x.data[offset];
  });
  return result;
}

function checkRow(row: number, rowCount: number): void {
  if (row < 0 || row >= rowCount) throw new Error(`row index ${row} is not one of ${rowCount} rows`);
}
