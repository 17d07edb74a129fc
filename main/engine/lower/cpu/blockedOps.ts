import type { OnnxAttributes, OnnxEmitter } from '../onnx/emitter.ts';
import { emitReshape, emitTranspose } from '../portable/movement.ts';

/** ONNX Runtime's internal operators on blocked images. Not a public interface: its version is pinned. */
export const blockedDomain = 'com.microsoft.nchwc';

export type BlockedOp = 'ReorderInput' | 'ReorderOutput' | 'Conv' | 'MaxPool' | 'GlobalAveragePool';

export function emitBlocked(
  onnx: OnnxEmitter,
  op: BlockedOp,
  inputs: readonly string[],
  attributes: OnnxAttributes = {},
): string {
  return onnx.emit(op, inputs, attributes, blockedDomain);
}

export interface BlockedConv {
  readonly kernel: readonly [number, number];
  readonly stride?: number;
  /** Top, left, bottom, right. */
  readonly padding?: readonly [number, number, number, number];
  readonly dilations?: readonly [number, number];
  readonly groups?: number;
  /** Added to the result, in its shape and layout. */
  readonly addend?: string | undefined;
}

/** conv(x, w) + addend, without bias: x and result blocked, w in the `kernel` layout. */
export function emitBlockedConv(onnx: OnnxEmitter, x: string, w: string, conv: BlockedConv): string {
  const { kernel, stride = 1, padding = [0, 0, 0, 0], dilations = [1, 1], groups = 1, addend } = conv;
  return emitBlocked(onnx, 'Conv', addend === undefined ? [x, w] : [x, w, '', addend], {
    kernel_shape: { ints: kernel },
    strides: { ints: [stride, stride] },
    pads: { ints: padding },
    dilations: { ints: dilations },
    group: { int: groups },
  });
}

/** Row-major [N, C, H, W] → blocked. C is a multiple of 4. */
export function emitToBlocked(onnx: OnnxEmitter, x: string): string {
  return emitBlocked(onnx, 'ReorderInput', [x]);
}

/** Blocked → row-major [N, channels, H, W]. */
export function emitFromBlocked(onnx: OnnxEmitter, x: string, channels: number): string {
  return emitBlocked(onnx, 'ReorderOutput', [x], { channels: { int: channels } });
}

/**
 * [batch, rows, blocks, b] → [batch, blocks, rows, b] in memory: a reorder of an image of `rows` pixels, which takes a
 * third to a fifth of the time of a Transpose of such small pieces.
 */
export function swapBlocks(
  onnx: OnnxEmitter,
  x: string,
  sizes: { readonly batch: number; readonly rows: number; readonly blocks: number; readonly block: number },
): string {
  const { batch, rows, blocks, block } = sizes;
  if (rows === 1 || blocks === 1) return x;
  const pixels = emitReshape(onnx, x, [batch, rows, 1, blocks * block]);
  return emitBlocked(onnx, 'ReorderInput', [pixels], { channels_last: { int: 1 } });
}

/** [rows, columns, …rest] → [columns, rows, …rest] for large pieces `rest`, in memory. */
export function swapRows(onnx: OnnxEmitter, x: string, rows: number, columns: number, rest: number): string {
  if (rows === 1 || columns === 1) return x;
  return emitTranspose(onnx, emitReshape(onnx, x, [rows, columns, rest]), [1, 0, 2]);
}
