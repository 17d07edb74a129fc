import type { Dim, Shape } from './node.ts';

/** Number of elements. Errors on a named dimension: its size is not known while the graph is built. */
export function elementCount(shape: Shape): number {
  return staticShape(shape).reduce((product, dim) => product * dim, 1);
}

/** The shape as numbers. Errors on a named dimension. */
export function staticShape(shape: Shape): readonly number[] {
  return shape.map((dim) => {
    if (typeof dim === 'string')
      throw new Error(`${formatShape(shape)}: the size of ${dim} is not known here`);
    return dim;
  });
}

/** One axis' size as a number. Errors on a named dimension and on an axis the shape lacks. */
export function staticDim(shape: Shape, axis: number): number {
  const dim = shape[axis];
  if (typeof dim !== 'number')
    throw new Error(`${formatShape(shape)}: axis ${axis} has no size that is known here`);
  return dim;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** NumPy's broadcasting, aligned at the last axis; a named dimension equals only itself and broadcasts with 1. */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const dimA = a[axis - rank + a.length] ?? 1;
    const dimB = b[axis - rank + b.length] ?? 1;
    return broadcastDims(dimA, dimB, a, b);
  });
}

function broadcastDims(dimA: Dim, dimB: Dim, a: Shape, b: Shape): Dim {
  if (dimA === dimB || dimB === 1) return dimA;
  if (dimA === 1) return dimB;
  throw new Error(`shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`);
}

/** Output size of a convolution or pooling window along one axis. Errors when no window fits. */
export function windowCount(size: number, kernel: number, stride: number, padding: number): number {
  const count = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  if (count < 1)
    throw new Error(`a window of ${kernel} does not fit into ${size} pixels padded by ${padding}`);
  return count;
}
