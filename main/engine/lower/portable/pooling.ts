import { staticDim } from '../../graph/shape.ts';
import type { Node, Pool2dAttributes } from '../../graph/node.ts';
import type { LoweringContext } from './context.ts';
import { windowAttributes } from './convolution.ts';
import { emitPad, emitSlice, zeros } from './movement.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';

/** float32's lowest finite value: what a place outside of the image holds, so that it never wins. */
const lowest = -3.4028234663852886e38;

export function lowerMaxPool2d(node: Node<'maxPool2d'>, x: string, onnx: OnnxEmitter): string {
  const { kernel, stride, padding } = node.attributes;
  return onnx.emit('MaxPool', [x], windowAttributes([kernel, kernel], stride, [padding, padding]));
}

/**
 * Standard ONNX has no gradient of MaxPool, and its indices do not run on WebGPU. So: tap by tap, a window whose
 * maximum the tap holds and that no earlier tap has claimed gives its gradient to that tap. Taps of the same
 * remainder by the stride write the same pixels, which are summed while the images are still small, and the
 * stride² images are interleaved at the end.
 */
export function lowerMaxPool2dGradient(
  node: Node<'maxPool2dGradient'>,
  inputs: readonly string[],
  context: LoweringContext,
): string {
  const { onnx } = context;
  const [x] = node.inputs;
  const { stride, padding } = node.attributes;
  const [height, width] = [staticDim(x.shape, 2), staticDim(x.shape, 3)];
  const claims = claimedGradients(node, inputs, onnx);
  const phases = phaseSums(node, claims, context);
  const interleaved =
    stride === 1
      ? phases[0]
      : onnx.emit('DepthToSpace', [onnx.emit('Concat', phases, { axis: { int: 1 } })], {
          blocksize: { int: stride },
          mode: { string: 'DCR' },
        });
  return emitSlice(onnx, interleaved, [
    { axis: 2, start: padding, end: padding + height, stride: 1 },
    { axis: 3, start: padding, end: padding + width, stride: 1 },
  ]);
}

/** For each tap in row-major order the gradient of the windows that it won, [N, C, H', W']. */
function claimedGradients(
  node: Node<'maxPool2dGradient'>,
  [x, y, g]: readonly string[],
  onnx: OnnxEmitter,
): string[] {
  const { kernel, stride, padding } = node.attributes;
  const [rows, columns] = windowsOf(node);
  const far = padAfter(node.attributes, rows, columns);
  const border = [0, 0, padding, padding];
  const padded = emitPad(onnx, x, border, border, lowest);
  let unclaimed = g;
  return Array.from({ length: kernel * kernel }, (_, tap) => {
    const [i, j] = [Math.floor(tap / kernel), tap % kernel];
    const seen = emitSlice(onnx, padded, [
      { axis: 2, start: i, end: i + far.rows, stride },
      { axis: 3, start: j, end: j + far.columns, stride },
    ]);
    const wins = onnx.emit('Cast', [onnx.emit('Equal', [seen, y])], { to: { int: 1 } });
    const claimed = onnx.emit('Mul', [unclaimed, wins]);
    unclaimed = onnx.emit('Sub', [unclaimed, claimed]);
    return claimed;
  });
}

/** The stride² images of the pixels of one remainder by the stride, on the padded image, [N, C, Q, Q']. */
function phaseSums(
  node: Node<'maxPool2dGradient'>,
  claims: readonly string[],
  context: LoweringContext,
): string[] {
  const { kernel, stride, padding } = node.attributes;
  const [x] = node.inputs;
  const [height, width] = [2, 3].map((axis) => Math.ceil((staticDim(x.shape, axis) + 2 * padding) / stride));
  const [rows, columns] = windowsOf(node);
  const shifted = (tap: number): string => {
    const [down, right] = [
      Math.floor(Math.floor(tap / kernel) / stride),
      Math.floor((tap % kernel) / stride),
    ];
    const after = [0, 0, height - rows - down, width - columns - right];
    return emitPad(context.onnx, claims[tap], [0, 0, down, right], after);
  };
  return Array.from({ length: stride * stride }, (_, phase) => {
    const taps = tapsOfPhase(kernel, stride, Math.floor(phase / stride), phase % stride);
    const images = taps.map(shifted);
    if (images.length === 0) return zeros(context, [x.shape[0], x.shape[1], height, width]);
    return images.reduce((sum, image) => context.onnx.emit('Add', [sum, image]));
  });
}

function tapsOfPhase(kernel: number, stride: number, row: number, column: number): number[] {
  return Array.from({ length: kernel * kernel }, (_, tap) => tap).filter(
    (tap) => Math.floor(tap / kernel) % stride === row && (tap % kernel) % stride === column,
  );
}

function windowsOf(node: Node<'maxPool2dGradient'>): [number, number] {
  const [, y] = node.inputs;
  return [staticDim(y.shape, 2), staticDim(y.shape, 3)];
}

/** How many pixels lie between the first and the last that one tap sees, both counted. */
function padAfter({ stride }: Pool2dAttributes, rows: number, columns: number) {
  return { rows: (rows - 1) * stride + 1, columns: (columns - 1) * stride + 1 };
}
