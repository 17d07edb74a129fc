import { staticShape } from '../../graph/shape.ts';
import type { Node } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import { windowAttributes } from '../portable/convolution.ts';
import { emitPad, emitReshape, emitSlice } from '../portable/movement.ts';
import { emitBlocked } from './blockedOps.ts';
import { interleave } from './inputGradient.ts';

/** float32's lowest finite value: what lies outside of an image never wins. */
const lowest = -3.4028234663852886e38;

/** x blocked → blocked. */
export function blockedMaxPool(onnx: OnnxEmitter, x: string, node: Node<'maxPool2d'>): string {
  const { kernel, stride, padding } = node.attributes;
  const attributes = windowAttributes([kernel, kernel], stride, [padding, padding]);
  return emitBlocked(onnx, 'MaxPool', [x], attributes);
}

/** The pooling of a ResNet's first layer: 3×3, stride 2, padding 1, on even sizes. */
export function fitsPoolGradient(node: Node<'maxPool2dGradient'>): boolean {
  const { kernel, stride, padding } = node.attributes;
  const [x] = node.inputs;
  const even = x.shape.slice(2).every((size) => typeof size === 'number' && size % 2 === 0);
  return kernel === 3 && stride === 2 && padding === 1 && even;
}

/**
 * Tap by tap in row-major order: a window whose maximum the tap holds, and which no earlier tap has claimed, gives its
 * gradient to that tap. The claims on pixels of the same remainder by 2 are summed, then the four sums interleaved.
 * x blocked [N, C, H, W], y and g blocked [N, C, H/2, W/2] → blocked [N, C, H, W].
 */
export function blockedMaxPoolGradient(
  onnx: OnnxEmitter,
  [x, y, g]: readonly string[],
  node: Node<'maxPool2dGradient'>,
  block: number,
): string {
  const [images, inputs, height, width] = staticShape(node.shape);
  const planes = (images * inputs) / block;
  const [rows, columns] = [height / 2, width / 2];
  const windows = (value: string): string => emitReshape(onnx, value, [planes, rows, columns, block]);
  const plane = emitReshape(onnx, x, [planes, height, width, block]);
  const padded = emitPad(onnx, plane, [0, 1, 1, 0], [0, 0, 0, 0], lowest);
  const claims = claimedGradients(onnx, padded, windows(y), windows(g), { rows, columns });
  return interleave(onnx, quartersOf(onnx, claims), { images, inputs, height, width, block });
}

/** For each of the nine taps the gradients of the windows that it won, [planes, H/2, W/2, b]. */
function claimedGradients(
  onnx: OnnxEmitter,
  padded: string,
  y: string,
  g: string,
  { rows, columns }: { readonly rows: number; readonly columns: number },
): string[] {
  let unclaimed = g;
  return Array.from({ length: 9 }, (_, tap) => {
    const [i, j] = [Math.floor(tap / 3), tap % 3];
    const seen = emitSlice(onnx, padded, [
      { axis: 1, start: i, end: i + 2 * rows - 1, stride: 2 },
      { axis: 2, start: j, end: j + 2 * columns - 1, stride: 2 },
    ]);
    const wins = onnx.emit('Cast', [onnx.emit('Equal', [seen, y])], { to: { int: 1 } });
    const claimed = onnx.emit('Mul', [unclaimed, wins]);
    if (tap < 8) unclaimed = onnx.emit('Sub', [unclaimed, claimed]);
    return claimed;
  });
}

/**
 * The sums of the claims on the pixels (0, 0), (0, 1), (1, 0), (1, 1) of each 2 × 2. Tap (i, j) of window (r, c) is pixel
 * (2r + i − 1, 2c + j − 1): the first tap of an axis falls on the odd pixel before its window.
 */
function quartersOf(onnx: OnnxEmitter, claims: readonly string[]): string[] {
  const tapsOf = [[1], [2, 0]] as const;
  return [0, 1].flatMap((row) =>
    [0, 1].map((column) => {
      const taps = tapsOf[row].flatMap((i) => tapsOf[column].map((j) => [i, j] as const));
      const parts = taps.map(([i, j]) => moved(onnx, claims[3 * i + j], i === 0, j === 0));
      return parts.reduce((sum, part) => onnx.emit('Add', [sum, part]));
    }),
  );
}

/** Claims moved up and left by a window, zeros coming in from below and from the right. */
function moved(onnx: OnnxEmitter, claims: string, up: boolean, left: boolean): string {
  const [vertical, horizontal] = [Number(up), Number(left)];
  return emitPad(onnx, claims, [0, -vertical, -horizontal, 0], [0, vertical, horizontal, 0]);
}
