import { staticDim } from '../../graph/shape.ts';
import type { Node } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';
import { emitPad, emitReshape, emitSlice, emitTranspose } from './movement.ts';

/**
 * ∂/∂w of a grouped conv2d: for each group one product of its gradients [O/groups, P] and the pixels that its taps saw
 * [taps·I/groups, P], over the P = N·rows·columns windows.
 */
export function lowerGroupedWeightGradient(
  node: Node<'conv2dWeightGradient'>,
  x: string,
  g: string,
  groups: number,
  onnx: OnnxEmitter,
): string {
  const { stride, padding, kernelSize } = node.attributes;
  const [outputs, inputs] = node.shape.map(Number);
  const windows = [2, 3].map((axis) => staticDim(node.inputs[1].shape, axis));
  const border = [0, 0, padding, padding];
  const pixels = emitTranspose(onnx, emitPad(onnx, x, border, border), [1, 0, 2, 3]);
  const taps = tapsOf(kernelSize).map((tap) => {
    const ranges = tap.map((start, i) => {
      const end = start + (windows[i] - 1) * stride + 1;
      return { axis: i + 2, start, end, stride };
    });
    return emitReshape(onnx, emitSlice(onnx, pixels, ranges), [groups, inputs, -1]);
  });
  const seen = taps.length === 1 ? taps[0] : onnx.emit('Concat', taps, { axis: { int: 1 } });
  const rows = emitReshape(onnx, emitTranspose(onnx, g, [1, 0, 2, 3]), [groups, outputs / groups, -1]);
  const products = onnx.emit('MatMul', [rows, emitTranspose(onnx, seen, [0, 2, 1])]);
  const byTap = emitReshape(onnx, products, [outputs, taps.length, inputs]);
  return emitReshape(onnx, emitTranspose(onnx, byTap, [0, 2, 1]), [outputs, inputs, ...kernelSize]);
}

function tapsOf([height, width]: readonly [number, number]): [number, number][] {
  return Array.from({ length: height * width }, (_, tap) => [Math.floor(tap / width), tap % width]);
}
