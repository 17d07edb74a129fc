import { isOp } from '../../graph/graph.ts';
import { kernelInputBlock } from './layout.ts';
import type { Node } from '../../graph/node.ts';

/** The numbers of one convolution: x [images, inputs, height, width], y [images, outputs, rows, columns]. */
export interface ConvSizes {
  readonly images: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly block: number;
}

export type ConvNode = Node<'conv2d'> | Node<'conv2dInputGradient'> | Node<'conv2dWeightGradient'>;

export function isConv(node: Node): node is ConvNode {
  return isOp(node, 'conv2d') || isOp(node, 'conv2dInputGradient') || isOp(node, 'conv2dWeightGradient');
}

/**
 * The sizes of a convolution or of one of its gradients. Undefined where one is named, the kernel is not square, there
 * are groups or the channels do not come in whole blocks: then it is computed in the plain layout.
 */
export function convSizes(node: ConvNode, block: number): ConvSizes | undefined {
  const [x, w, y] = shapesOf(node);
  if ([...x, ...w, ...y].some((dim) => typeof dim !== 'number')) return undefined;
  const [images, inputs, height, width] = x.map(Number);
  const [outputs, , kernel, kernelWidth] = w.map(Number);
  const [rows, columns] = y.slice(2).map(Number);
  const { stride, padding, groups = 1 } = node.attributes;
  if (kernel !== kernelWidth || groups !== 1 || outputs % block !== 0) return undefined;
  if (kernelInputBlock(inputs, block) === undefined) return undefined;
  return { images, inputs, outputs, height, width, rows, columns, kernel, stride, padding, block };
}

function shapesOf(node: ConvNode) {
  const [a, b] = node.inputs;
  if (isOp(node, 'conv2d')) return [a.shape, b.shape, node.shape];
  return isOp(node, 'conv2dInputGradient') ? [node.shape, b.shape, a.shape] : [a.shape, node.shape, b.shape];
}
