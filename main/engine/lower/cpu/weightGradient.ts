import type { OnnxEmitter } from '../onnx/emitter.ts';
import { emitPad, emitReshape, emitTranspose } from '../portable/movement.ts';
import { emitReduce } from '../portable/reduction.ts';
import { emitBlocked, emitBlockedConv, swapBlocks, swapRows } from './blockedOps.ts';
import type { ConvSizes } from './convSizes.ts';

/*
 * The gradient to the weights as one convolution: its channels are the images, its kernel is the grid of g, and along
 * its width lie the columns of x, each with its input channels:
 *   x [I/i, N, H, W'·i] * g [O, N, H', W'] → [I/i, O, k, k·i]
 * where i = b, but I where the images have fewer channels than a block. Dilations step from pixel to pixel.
 */

/** A kernel of more rows than this leaves the cache; it is cut into strips of `stripRows`. */
const wholeKernelRows = 32;
const stripRows = 8;
/** Up to this many sums, those of each block of images are kept apart and added at the end. */
const sumsKeptApart = 1_200_000;

/** How the images and the rows of one convolution are divided. */
interface Division extends ConvSizes {
  /** Blocks of images. */
  readonly imageBlocks: number;
  /** Blocks of input channels, and how many channels one has. */
  readonly inputBlocks: number;
  readonly inner: number;
  readonly strips: number;
  /** Sums that are kept apart, over parts of the images. */
  readonly groups: number;
}

export function fitsWeightGradient({ images, block }: ConvSizes): boolean {
  return images % block === 0;
}

/**
 * x blocked [N, I, H, W] (plain where I is less than a block), g blocked [N, O, H', W'] → [O, I, k, k] in the `kernel`
 * layout. N is a multiple of the block.
 */
export function weightGradient(onnx: OnnxEmitter, x: string, g: string, sizes: ConvSizes): string {
  const d = divide(sizes);
  const { inputBlocks, images, strips, groups, inner, outputs, rows, columns, stride, kernel } = d;
  const pixels = pixelRows(onnx, imagesInnermost(onnx, x, d), d);
  const image = [inputBlocks, images * strips, pixels.rows, widthOf(d) * inner];
  const kernels = [groups * outputs, (images * strips) / groups, rows / strips, columns];
  const y = emitBlockedConv(
    onnx,
    emitReshape(onnx, pixels.value, image),
    emitReshape(onnx, gradientKernels(onnx, g, d), kernels),
    {
      kernel: [rows / strips, columns],
      dilations: [kernel === 1 ? 1 : stride, stride * inner],
      padding: [pixels.top, 0, pixels.bottom, 0],
      groups,
    },
  );
  return asKernel(onnx, sumOfGroups(onnx, y, d), d);
}

function divide(sizes: ConvSizes): Division {
  const { images, inputs, outputs, rows, kernel, block } = sizes;
  const [inner, inputBlocks] = inputs % block === 0 ? [block, inputs / block] : [inputs, 1];
  const imageBlocks = images / block;
  const strips = kernel > 1 && rows >= wholeKernelRows && rows % stripRows === 0 ? rows / stripRows : 1;
  // ONNX Runtime divides the work by image, group, row and 64 outputs: with 3 parts one of 2 threads would wait.
  const parts = inputBlocks * Math.ceil(outputs / 64) * kernel;
  const halved = parts < 4 && imageBlocks % 2 === 0 ? 2 : 1;
  const apart = imageBlocks * outputs * inputs * kernel * kernel <= sumsKeptApart;
  return { ...sizes, imageBlocks, inputBlocks, inner, strips, groups: apart ? imageBlocks : halved };
}

/** → [N/b, I/i, H, W, i, b]: the images of a block innermost. */
function imagesInnermost(onnx: OnnxEmitter, x: string, d: Division): string {
  const { images, inputs, height, width, block, imageBlocks } = d;
  if (inputs % block === 0) {
    const asPixels = emitReshape(onnx, x, [imageBlocks, block, 1, inputs * height * width]);
    return emitBlocked(onnx, 'ReorderInput', [asPixels]);
  }
  const byChannel = emitBlocked(onnx, 'ReorderInput', [
    emitReshape(onnx, x, [1, images, inputs, height * width]),
  ]);
  return swapBlocks(onnx, byChannel, { batch: imageBlocks, rows: inputs, blocks: height * width, block });
}

/** Columns that the kernel covers at its k places: W and the padding that is read. */
function widthOf({ columns, stride, kernel }: Division): number {
  return (columns - 1) * stride + kernel;
}

/** Padded in width and ordered [I/i, N/b, strips, rows, W', i, b]; what is still to be padded above and below. */
function pixelRows(onnx: OnnxEmitter, x: string, d: Division) {
  const { imageBlocks, inputBlocks, height, width, inner, block, padding, rows, stride, kernel, strips } = d;
  const chunk = inner * block;
  const right = widthOf(d) - padding - width;
  const bottom = (rows - 1) * stride + kernel - padding - height;
  const flat = emitReshape(onnx, x, [imageBlocks * inputBlocks * height, width * chunk]);
  const gathers = strips > 1 || bottom < 0 || (kernel === 1 && stride > 1);
  // Where rows are gathered, one of zeros at the end stands for the padding above and below.
  const padded = emitPad(onnx, flat, [0, padding * chunk], [gathers && padding > 0 ? 1 : 0, right * chunk]);
  if (gathers) {
    const wanted = rowsOfStrips(d);
    const value = onnx.emit('Gather', [padded, onnx.int64s(wanted)], { axis: { int: 0 } });
    return { value, rows: wanted.length / (imageBlocks * inputBlocks * strips), top: 0, bottom: 0 };
  }
  const value = swapRows(onnx, padded, imageBlocks, inputBlocks, height * widthOf(d) * chunk);
  return { value, rows: height, top: padding, bottom };
}

/** The rows of x that each strip of the grid reads, as indices into [N/b, I/i, H]; that behind the last is zeros. */
function rowsOfStrips(d: Division): number[] {
  const { imageBlocks, inputBlocks, height, rows, stride, kernel, padding, strips } = d;
  const zeros = imageBlocks * inputBlocks * height;
  const stripHeight = rows / strips;
  const read = kernel === 1 ? stripHeight : (stripHeight - 1) * stride + kernel;
  const step = kernel === 1 ? stride : 1;
  const wanted: number[] = [];
  for (let i = 0; i < inputBlocks; i++) {
    for (let n = 0; n < imageBlocks; n++) {
      for (let strip = 0; strip < strips; strip++) {
        for (let r = 0; r < read; r++) {
          const row = strip * stripHeight * stride + r * step - padding;
          wanted.push(row < 0 || row >= height ? zeros : (n * inputBlocks + i) * height + row);
        }
      }
    }
  }
  return wanted;
}

/** g → [groups, O/b, N/b/groups, H', W', b images, b outputs]: kernels of which the images are the input channels. */
function gradientKernels(onnx: OnnxEmitter, g: string, d: Division): string {
  const { imageBlocks, outputs, rows, columns, block, groups } = d;
  const places = (outputs / block) * rows * columns;
  const swapped = swapBlocks(onnx, g, { batch: imageBlocks, rows: block, blocks: places, block });
  if (imageBlocks === groups || outputs === block) return swapped;
  const piece = rows * columns * block * block;
  const split = emitReshape(onnx, swapped, [groups, imageBlocks / groups, outputs / block, piece]);
  return emitTranspose(onnx, split, [0, 2, 1, 3]);
}

/** → [I/i, O, k, k·i]. */
function sumOfGroups(onnx: OnnxEmitter, y: string, d: Division): string {
  const { groups, inputBlocks, outputs, kernel, inner } = d;
  if (groups === 1) return y;
  const sums = emitReshape(onnx, y, [inputBlocks, groups, outputs * kernel * kernel * inner]);
  return emitReduce(onnx, 'ReduceSum', sums, [1], false);
}

/** [I/i, O/b, k, k, i, b] in memory → the `kernel` layout of [O, I, k, k]. */
function asKernel(onnx: OnnxEmitter, y: string, d: Division): string {
  const { inputs, outputs, kernel, block, inputBlocks, inner } = d;
  const taps = kernel * kernel;
  const shape = [outputs, inputs, kernel, kernel];
  if (inner === block) {
    const swapped = swapRows(onnx, y, inputBlocks, outputs / block, taps * block * block);
    return emitReshape(onnx, swapped, shape);
  }
  const byTap = emitReshape(onnx, y, [outputs / block, taps, inputs, block]);
  return emitReshape(onnx, emitTranspose(onnx, byTap, [0, 2, 1, 3]), shape);
}
