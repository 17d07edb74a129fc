import { referenceKernels } from '../engine/execute/reference/referenceKernels.ts';
import { isOp, topologicalOrder } from '../engine/graph/graph.ts';
import { add, constant, conv2d, makeNode } from '../engine/graph/ops.ts';
import { elementCount, staticShape } from '../engine/graph/shape.ts';
import type { ReferenceKernel } from '../engine/execute/reference/kernel.ts';
import type { LeafOp } from '../engine/graph/shapeRules.ts';
import type { Node, Op } from '../engine/graph/node.ts';

/**
 * The same outputs with everything computed that no feed decides, and with each scale and shift of channels behind a
 * convolution (a batch norm in inference) folded into it: scale·(w ⋆ x) + shift = (scale·w) ⋆ x + shift.
 * Constants are computed in float64.
 */
export function foldGraph(outputs: Readonly<Record<string, Node>>): Record<string, Node> {
  const folded = new Map<Node, Node>();
  const of = (node: Node): Node => folded.get(node) ?? node;
  for (const node of topologicalOrder(Object.values(outputs))) {
    folded.set(node, foldNode(node, node.inputs.map(of)));
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, of(node)]));
}

function foldNode(node: Node, inputs: readonly Node[]): Node {
  if (inputs.length === 0) return node;
  if (inputs.every(isConstant)) return evaluate(node, inputs);
  if (node.op === 'channelAffine') {
    const merged = mergeIntoConvolution(inputs);
    if (merged) return merged;
  }
  const same = inputs.every((input, i) => input === node.inputs[i]);
  return same ? node : makeNode(node.op as Exclude<Op, LeafOp>, inputs, node.attributes as never);
}

function evaluate(node: Node, inputs: readonly Node<'constant'>[]): Node {
  const kernel = referenceKernels[node.op as Exclude<Op, LeafOp>] as ReferenceKernel<Op>;
  const shape = staticShape(node.shape);
  const values = inputs.map((input) => input.attributes.value);
  return constant(kernel(values, node.attributes, shape), shape, node.dtype);
}

function mergeIntoConvolution([x, scale, shift]: readonly Node[]): Node | undefined {
  if (!isOp(x, 'conv2d') || !isConstant(scale) || !isConstant(shift)) return undefined;
  const [images, weight] = x.inputs;
  if (!isConstant(weight)) return undefined;
  const { shape, data } = weight.attributes.value;
  const perChannel = elementCount(shape) / shape[0];
  const factors = scale.attributes.value.data;
  const scaled = Float64Array.from(data, (value, i) => value * factors[Math.floor(i / perChannel)]);
  const bias = constant(shift.attributes.value.data, [shape[0], 1, 1]);
  return add(conv2d(images, constant(scaled, shape), x.attributes), bias);
}

function isConstant(node: Node): node is Node<'constant'> {
  return isOp(node, 'constant');
}
