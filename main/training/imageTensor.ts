import type { Tensor } from '../engine/graph/node.ts';

/** uint8 [n, 3, M, M], to be filled. */
export function imageTensor(count: number, slotSize: number): Tensor & { readonly data: Uint8Array } {
  const shape = [count, 3, slotSize, slotSize];
  return { dtype: 'uint8', shape, data: new Uint8Array(3 * slotSize * slotSize * count) };
}
