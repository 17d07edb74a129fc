import type { DType, NumericArray } from '../../graph/node.ts';

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

/** Zeros of a dtype; float32 is computed in float64. */
export function zeros(dtype: DType, shape: readonly number[]): NumericArray {
  const count = countOf(shape);
  switch (dtype) {
    case 'float32':
      return new Float64Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'uint8':
      return new Uint8Array(count);
  }
}

/** Visits every place of `shape` in row-major order. `index` is reused between visits: copy it to keep it. */
export function forEachIndex(
  shape: readonly number[],
  visit: (index: readonly number[], offset: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const count = countOf(shape);
  for (let offset = 0; offset < count; offset++) {
    visit(index, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

/**
 * The row-major offset of `index` in an array of `shape`, aligned at the last axis as NumPy broadcasts: axes that
 * the array lacks are ignored, axes of size 1 repeat.
 */
export function offsetAt(index: readonly number[], shape: readonly number[]): number {
  const missing = index.length - shape.length;
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    offset = offset * shape[axis] + (shape[axis] === 1 ? 0 : index[axis + missing]);
  }
  return offset;
}
