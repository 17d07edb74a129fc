import type { OnnxEmitter } from '../onnx/emitter.ts';
import { emitReshape, emitTranspose } from '../portable/movement.ts';
import { emitBlockedConv, emitToBlocked, swapBlocks } from './blockedOps.ts';
import { joinedImages, strideOneConvolution } from './convolution.ts';
import type { ConvSizes } from './convSizes.ts';

type Tap = readonly [number, number];

/** How a gradient to the input is computed; undefined: not in the blocked layout. */
export type InputGradientForm = 'stride 1' | 'phases' | 'one place';

export function inputGradientForm(sizes: ConvSizes): InputGradientForm | undefined {
  const { inputs, block, kernel, stride, padding, height, width } = sizes;
  if (inputs % block !== 0) return undefined;
  if (stride === 1) return padding < kernel ? 'stride 1' : undefined;
  if (stride !== 2 || height % 2 !== 0 || width % 2 !== 0) return undefined;
  if (kernel === 3 && padding === 1) return 'phases';
  return kernel === 1 && padding === 0 ? 'one place' : undefined;
}

/** Whether `addend` of `strideOneGradient` costs nothing. */
export function takesAddend(sizes: ConvSizes): boolean {
  return inputGradientForm(sizes) === 'stride 1' && joinedImages(asConvolutionOfGradient(sizes)) === 1;
}

/**
 * Stride 1: the convolution of g with the kernel turned by 180° and its channels exchanged.
 * g blocked [N, O, H', W'], w in the `kernel` layout, addend blocked → blocked [N, I, H, W].
 */
export function strideOneGradient(
  onnx: OnnxEmitter,
  g: string,
  w: string,
  sizes: ConvSizes,
  addend?: string,
): string {
  const last = sizes.kernel - 1;
  const taps = tapsOf(countdown(last), countdown(last));
  const turned = exchangedKernel(onnx, w, sizes, taps, [sizes.kernel, sizes.kernel]);
  return strideOneConvolution(onnx, g, turned, asConvolutionOfGradient(sizes), addend);
}

function asConvolutionOfGradient({
  images,
  inputs,
  outputs,
  rows,
  columns,
  kernel,
  padding,
  block,
}: ConvSizes) {
  return {
    ...{ images, inputs: outputs, outputs: inputs, height: rows, width: columns, kernel, block },
    padding: kernel - 1 - padding,
  };
}

/**
 * 1×1, stride 2: the gradient to the pixels that were read, those of even row and column.
 * g blocked [N, O, H/2, W/2] → blocked [N, I, H/2, W/2].
 */
export function gradientOfPlacesRead(onnx: OnnxEmitter, g: string, w: string, sizes: ConvSizes): string {
  return emitBlockedConv(onnx, g, exchangedKernel(onnx, w, sizes, [[0, 0]], [1, 1]), { kernel: [1, 1] });
}

/** A quarter of an image: the pixels whose row and column leave these remainders by 2. */
interface Phase {
  readonly row: 0 | 1;
  readonly column: 0 | 1;
}

const phases: readonly Phase[] = [
  { row: 0, column: 0 },
  { row: 0, column: 1 },
  { row: 1, column: 0 },
  { row: 1, column: 1 },
];

/**
 * 3×3, stride 2, padding 1, on even sizes: even pixels are read by the kernel's middle only, odd ones by its first and
 * last place, so each quarter of the image is a convolution of g by 1×1, 1×2, 2×1 or 2×2.
 * g blocked [N, O, H/2, W/2], `even` (added to the first quarter) blocked [N, I, H/2, W/2] → blocked [N, I, H, W].
 */
export function phaseGradient(
  onnx: OnnxEmitter,
  g: string,
  w: string,
  sizes: ConvSizes,
  even?: string,
): string {
  const quarters = phases.map(({ row, column }, i) => {
    const [vertical, horizontal] = [row, column].map((odd) => (odd === 1 ? [2, 0] : [1]));
    const kernel = [row + 1, column + 1] as const;
    const turned = exchangedKernel(onnx, w, sizes, tapsOf(vertical, horizontal), kernel);
    const addend = i === 0 ? even : undefined;
    return emitBlockedConv(onnx, g, turned, { kernel, padding: [0, 0, row, column], addend });
  });
  return interleave(onnx, quarters, sizes);
}

/** 1×1, stride 2: zeros at all pixels that were not read. */
export function spreadGradient(onnx: OnnxEmitter, even: string, sizes: ConvSizes): string {
  const { images, inputs, rows, columns } = sizes;
  const zeros = onnx.emit('Expand', [onnx.float(0), onnx.int64s([images, inputs, rows, columns])]);
  return interleave(onnx, [even, zeros, zeros, zeros], sizes);
}

/** Four quarters, blocked [N, C, H/2, W/2], in the order of `phases` → blocked [N, C, H, W]. */
export function interleave(
  onnx: OnnxEmitter,
  quarters: readonly string[],
  {
    images,
    inputs,
    height,
    width,
    block,
  }: Pick<ConvSizes, 'images' | 'inputs' | 'height' | 'width' | 'block'>,
): string {
  const [planes, rows, columns] = [(images * inputs) / block, height / 2, width / 2];
  const pieces = quarters.map((quarter) => emitReshape(onnx, quarter, [planes, 1, rows * columns * block]));
  const byPhase = onnx.emit('Concat', pieces, { axis: { int: 1 } });
  // Columns first: [planes·2, 2, rows·columns, b] → [planes·2, rows·columns, 2, b].
  const byRow = swapBlocks(onnx, byPhase, { batch: planes * 2, rows: 2, blocks: rows * columns, block });
  const halves = emitReshape(onnx, byRow, [planes, 2, rows, width * block]);
  return emitReshape(onnx, emitTranspose(onnx, halves, [0, 2, 1, 3]), [images, inputs, height, width]);
}

/**
 * The kernel with inputs and outputs exchanged and only these taps, in this order: w in the `kernel` layout of
 * [O, I, k, k] → that of [I, O, …kernel]. Whole blocks are gathered, then each is transposed.
 */
function exchangedKernel(
  onnx: OnnxEmitter,
  w: string,
  { inputs, outputs, kernel: size, block }: ConvSizes,
  taps: readonly Tap[],
  kernel: readonly [number, number],
): string {
  const [inputBlocks, outputBlocks] = [inputs / block, outputs / block];
  const wanted: number[] = [];
  for (let i = 0; i < inputBlocks; i++) {
    for (let o = 0; o < outputBlocks; o++) {
      for (const [row, column] of taps) wanted.push(((o * inputBlocks + i) * size + row) * size + column);
    }
  }
  const blocks = emitReshape(onnx, w, [-1, block * block]);
  const gathered = onnx.emit('Gather', [blocks, onnx.int64s(wanted)], { axis: { int: 0 } });
  const squares = emitReshape(onnx, gathered, [wanted.length, block, 1, block]);
  return emitReshape(onnx, emitToBlocked(onnx, squares), [inputs, outputs, ...kernel]);
}

function tapsOf(rows: readonly number[], columns: readonly number[]): Tap[] {
  return rows.flatMap((row) => columns.map((column) => [row, column] as const));
}

function countdown(last: number): number[] {
  return Array.from({ length: last + 1 }, (_, i) => last - i);
}
