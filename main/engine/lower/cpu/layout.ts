/**
 * How the elements of a value lie in memory; b is the machine's block, 16 channels with AVX-512, 8 without.
 * - `plain`: row-major.
 * - `blocked`, of images [N, C, H, W]: [N, C/b, H, W, b].
 * - `kernel`, of a convolution's weights [O, I, k, k]: [O/b, I/i, k, k, i, b], where i = b, but 1 where the images
 *   have fewer channels than a block (the first layer's): those stay plain.
 * ONNX knows nothing of it: the logical shape stays, and whatever treats all elements alike works in any layout.
 */
export type Layout = 'plain' | 'blocked' | 'kernel';

/** A value of the model being written. */
export interface Value {
  readonly name: string;
  readonly layout: Layout;
}

/** i of a kernel of `inputs` channels: how many of them lie together. Undefined where they do not fit. */
export function kernelInputBlock(inputs: number, block: number): number | undefined {
  if (inputs % block === 0) return block;
  return inputs < block ? 1 : undefined;
}
