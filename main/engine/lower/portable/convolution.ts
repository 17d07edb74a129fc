import { staticDim } from '../../graph/shape.ts';
import type { Node } from '../../graph/node.ts';
import type { OnnxAttributes, OnnxEmitter } from '../onnx/emitter.ts';
import { emitPad, emitReshape, emitSlice, emitTranspose } from './movement.ts';

type Pair = readonly [number, number];

export function lowerConv2d(node: Node<'conv2d'>, x: string, w: string, onnx: OnnxEmitter): string {
  const { stride, padding, groups = 1 } = node.attributes;
  const [, weight] = node.inputs;
  const channels = { inputs: staticDim(weight.shape, 1), outputs: staticDim(weight.shape, 0), groups };
  return emitConv(onnx, x, w, channels, windowAttributes(kernelOf(weight), stride, [padding, padding]));
}

interface Channels {
  /** Of a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
}

/**
 * ONNX Runtime 1.30 computes wrongly on WebGPU from 6, 9, 15, 18 … channels (of 3, not of 4, but not 3 itself)
 * to a multiple of 4: such inputs get channels of zeros up to a multiple of 4.
 */
function emitConv(
  onnx: OnnxEmitter,
  x: string,
  w: string,
  { inputs, outputs, groups }: Channels,
  attributes: OnnxAttributes,
): string {
  if (groups > 1) return onnx.emit('Conv', [x, w], { ...attributes, group: { int: groups } });
  const miscomputed = inputs % 3 === 0 && inputs % 4 !== 0 && inputs > 3 && outputs % 4 === 0;
  const extra = [0, miscomputed ? 4 - (inputs % 4) : 0, 0, 0];
  const before = [0, 0, 0, 0];
  return onnx.emit('Conv', [emitPad(onnx, x, before, extra), emitPad(onnx, w, before, extra)], attributes);
}

export function windowAttributes(kernel: Pair, stride: number, padding: Pair): OnnxAttributes {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: [stride, stride] },
    pads: { ints: [...padding, ...padding] },
  };
}

/**
 * With stride 1 a convolution of the gradient with the flipped kernel, which runs about twice as fast on the CPU
 * as the ConvTranspose that the other strides need.
 */
export function lowerInputGradient(
  node: Node<'conv2dInputGradient'>,
  g: string,
  w: string,
  onnx: OnnxEmitter,
): string {
  const { stride, padding, inputSize, groups = 1 } = node.attributes;
  const [upstream, weight] = node.inputs;
  const kernel = kernelOf(weight);
  const flippedPadding = kernel.map((size) => size - 1 - padding) as [number, number];
  if (stride === 1 && flippedPadding.every((size) => size >= 0)) {
    const flipped = flippedKernel(weight, w, groups, onnx);
    const channels = {
      inputs: staticDim(weight.shape, 0) / groups,
      outputs: staticDim(weight.shape, 1) * groups,
      groups,
    };
    return emitConv(onnx, g, flipped, channels, windowAttributes(kernel, 1, flippedPadding));
  }
  const unread = inputSize.map((size, i) => {
    const windows = staticDim(upstream.shape, i + 2);
    return size - ((windows - 1) * stride + kernel[i] - 2 * padding);
  });
  const attributes = windowAttributes(kernel, stride, [padding, padding]);
  return onnx.emit('ConvTranspose', [g, w], {
    ...attributes,
    ...(groups > 1 && { group: { int: groups } }),
    output_padding: { ints: unread },
  });
}

/** [O, I/groups, kh, kw] → [I, O/groups, kh, kw], both kernel axes reversed. */
function flippedKernel(weight: Node, w: string, groups: number, onnx: OnnxEmitter): string {
  if (groups > 1) return flippedGroups(weight, w, groups, onnx);
  const [outputs, inputs] = [staticDim(weight.shape, 0), staticDim(weight.shape, 1)];
  const [height, width] = kernelOf(weight);
  if (height * width === 1) return emitTranspose(onnx, w, [1, 0, 2, 3]);
  const taps = emitTranspose(onnx, emitReshape(onnx, w, [outputs, inputs, height * width]), [1, 0, 2]);
  const reversed = emitSlice(onnx, taps, [{ axis: 2, start: -1, end: -1000, stride: -1 }]);
  return emitReshape(onnx, reversed, [inputs, outputs, height, width]);
}

function flippedGroups(weight: Node, w: string, groups: number, onnx: OnnxEmitter): string {
  const [outputs, inputs, height, width] = weight.shape.map(Number);
  const byGroup = emitReshape(onnx, w, [groups, outputs / groups, inputs, height * width]);
  const taps = emitTranspose(onnx, byGroup, [0, 2, 1, 3]);
  const reversed = emitSlice(onnx, taps, [{ axis: 3, start: -1, end: -1000, stride: -1 }]);
  return emitReshape(onnx, reversed, [groups * inputs, outputs / groups, height, width]);
}

function kernelOf(weight: Node): Pair {
  return [staticDim(weight.shape, 2), staticDim(weight.shape, 3)];
}
