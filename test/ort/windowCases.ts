import * as ops from '../../main/engine/graph/ops.ts';
import { distinctTensors } from '../helpers/tensors.ts';
import { given, random, type OpCase } from './opCase.ts';
import type { Conv2dAttributes, Node } from '../../main/engine/graph/node.ts';

/** Input, kernel, stride, padding, and why not on WebGPU. */
type ConvolutionRow = readonly [readonly number[], readonly number[], number, number, string?];

/** Convolutions of all kinds. */
export function convolutions(build: (x: Node, w: Node, stride: number, padding: number) => Node): OpCase[] {
  const onlyOnCpu = 'SwiftShader takes seconds to compile the shaders of each shape: a few stand for all';
  const rows: readonly ConvolutionRow[] = [
    [[2, 3, 16, 16], [4, 3, 3, 3], 1, 1],
    [[1, 5, 17, 19], [3, 5, 3, 3], 1, 1, onlyOnCpu],
    [[3, 4, 5, 5], [2, 4, 3, 3], 1, 1],
    [[2, 20, 6, 5], [3, 20, 3, 3], 1, 1, onlyOnCpu],
    [[2, 18, 17, 16], [5, 18, 3, 3], 1, 1, onlyOnCpu],
    [[2, 3, 16, 18], [4, 3, 3, 3], 1, 0, onlyOnCpu],
    [[2, 3, 5, 6], [4, 3, 3, 3], 1, 2, onlyOnCpu],
    [[2, 3, 5, 4], [4, 3, 1, 1], 1, 0, onlyOnCpu],
    [[2, 20, 6, 6], [4, 20, 1, 1], 2, 0],
    [[2, 3, 7, 5], [4, 3, 1, 1], 2, 0, onlyOnCpu],
    [[2, 3, 4, 4], [2, 3, 1, 1], 1, 1, onlyOnCpu],
    [[2, 3, 8, 8], [4, 3, 3, 3], 2, 1],
    [[1, 17, 9, 7], [4, 17, 3, 3], 2, 1, onlyOnCpu],
    [[2, 3, 17, 15], [4, 3, 7, 7], 2, 3, onlyOnCpu],
    [[1, 3, 16, 16], [4, 3, 7, 7], 2, 3],
    [[2, 3, 9, 8], [2, 3, 2, 3], 1, 1, onlyOnCpu],
    [[2, 3, 10, 11], [2, 3, 2, 5], 3, 1, onlyOnCpu],
    [[2, 1, 4, 4], [1, 1, 4, 4], 4, 0, onlyOnCpu],
    [[2, 6, 5, 5], [4, 6, 3, 3], 1, 1],
    [[2, 6, 9, 8], [6, 2, 3, 3], 1, 1],
    [[2, 6, 8, 7], [9, 2, 3, 3], 2, 1, 'gradients of groups with a stride are built without it'],
  ]; // prettier-ignore
  return rows.map(([x, w, stride, padding, cpuOnly]) => ({
    ...random(
      `[${x.join()}] by [${w.join()}], stride ${stride}, padding ${padding}`,
      [x, w],
      ([image, weight]) => build(image, weight, stride, padding),
    ),
    ...(cpuOnly === undefined ? {} : { cpuOnly }),
  }));
}

/** A gradient of the convolution's shape that differs from place to place. */
export function gradientOf(x: Node, w: Node, stride: number, padding: number): Node {
  return ops.tanh(ops.conv2d(x, w, windowsOf(x, w, stride, padding)));
}

/** With as many groups as the input has times the kernel's channels. */
export function windowsOf(x: Node, w: Node, stride: number, padding: number): Conv2dAttributes {
  return { stride, padding, groups: Number(x.shape[1]) / Number(w.shape[1]) };
}

/** Poolings of all kinds, each also with many equal maxima. */
export function poolings(
  build: (x: Node, attributes: { kernel: number; stride: number; padding: number }) => Node,
): OpCase[] {
  const rows: readonly (readonly [readonly number[], number, number, number])[] = [
    [[2, 3, 8, 8], 3, 2, 1],
    [[1, 2, 9, 7], 3, 2, 1],
    [[2, 1, 6, 5], 2, 2, 0],
    [[2, 2, 7, 6], 3, 1, 1],
    [[1, 2, 10, 11], 3, 3, 0],
    [[1, 2, 9, 9], 2, 3, 1],
    [[1, 1, 11, 12], 5, 2, 2],
  ]; // prettier-ignore
  return rows.flatMap(([shape, kernel, stride, padding]) => {
    const what = `[${shape.join()}] by ${kernel}, stride ${stride}, padding ${padding}`;
    const attributes = { kernel, stride, padding };
    return [
      given(what, distinctTensors([shape], 3), ([x]) => build(x, attributes)),
      // Whole windows of zeros: equal maxima.
      random(`${what}, behind relu`, [shape], ([x]) => build(ops.relu(ops.add(x, -0.6)), attributes)),
    ];
  });
}
