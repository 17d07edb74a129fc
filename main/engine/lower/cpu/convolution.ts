import type { OnnxEmitter } from '../onnx/emitter.ts';
import { emitPad, emitReshape, emitSlice, emitTranspose } from '../portable/movement.ts';
import { emitBlockedConv } from './blockedOps.ts';
import type { ConvSizes } from './convSizes.ts';

/** What a convolution with itself as the kernel's own padding needs to know. */
interface StrideOne {
  readonly images: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly kernel: number;
  readonly padding: number;
  readonly block: number;
}

/**
 * x blocked [N, I, H, W] (plain where I is less than a block), w in the `kernel` layout, addend blocked
 * → blocked [N, O, H', W'].
 */
export function blockedConvolution(
  onnx: OnnxEmitter,
  x: string,
  w: string,
  sizes: ConvSizes,
  addend?: string,
): string {
  const { stride, inputs, block, kernel, padding } = sizes;
  if (stride === 1 && inputs >= block) return strideOneConvolution(onnx, x, w, sizes, addend);
  return emitBlockedConv(onnx, x, w, {
    kernel: [kernel, kernel],
    stride,
    padding: [padding, padding, padding, padding],
    addend,
  });
}

/** Stride 1: x blocked [N, I, H, W] → blocked [N, O, H', W']. */
export function strideOneConvolution(
  onnx: OnnxEmitter,
  x: string,
  w: string,
  sizes: StrideOne,
  addend?: string,
): string {
  const { kernel, padding } = sizes;
  const joined = joinedImages(sizes);
  if (joined > 1 && addend === undefined) return joinedConvolution(onnx, x, w, sizes, joined);
  return emitBlockedConv(onnx, x, w, {
    kernel: [kernel, kernel],
    padding: [padding, padding, padding, padding],
    addend,
  });
}

/**
 * How many images of at most 4 columns are computed side by side as one: the kernels of ONNX Runtime take the pixels
 * at the edges one at a time, which small images consist of. 1: each is computed by itself.
 */
export function joinedImages({ images, width, kernel, padding }: StrideOne): number {
  if (kernel !== 3 || padding !== 1 || width > 4) return 1;
  const wanted = width > 2 ? 4 : 8;
  return images % wanted === 0 ? wanted : 1;
}

/**
 * 3×3, padding 1: `joined` images in a row, [N/joined, I, H, joined·(W + 1) + 1] with a column of zeros before each and
 * behind the last; of the result the columns over the zeros are dropped.
 */
function joinedConvolution(
  onnx: OnnxEmitter,
  x: string,
  w: string,
  { images, inputs, outputs, height, width, block }: StrideOne,
  joined: number,
): string {
  const [groups, columns] = [images / joined, joined * (width + 1)];
  const padRows = (value: string, rows: number, size: number, before: number, after: number): string =>
    emitPad(onnx, emitReshape(onnx, value, [rows, size]), [0, before], [0, after]);
  const spaced = padRows(x, (images * inputs * height) / block, width * block, block, 0);
  const split = [groups, joined, inputs / block, height, (width + 1) * block];
  const together = emitTranspose(onnx, emitReshape(onnx, spaced, split), [0, 2, 3, 1, 4]);
  const row = padRows(together, (groups * inputs * height) / block, columns * block, 0, block);
  const y = emitBlockedConv(onnx, emitReshape(onnx, row, [groups, inputs, height, columns + 1]), w, {
    kernel: [3, 3],
    padding: [1, 0, 1, 0],
  });
  const even = padRows(y, (groups * outputs * height) / block, (columns - 1) * block, 0, block);
  const apart = emitReshape(onnx, even, [groups, outputs / block, height, joined, (width + 1) * block]);
  const kept = emitSlice(onnx, apart, [{ axis: 4, start: 0, end: width * block, stride: 1 }]);
  return emitReshape(onnx, emitTranspose(onnx, kept, [0, 3, 1, 2, 4]), [images, outputs, height, width]);
}
