import { isOp, type Graph } from '../graph/graph.ts';
import { fusedAffine } from '../graph/ops.ts';
import { sameShape } from '../graph/shape.ts';
import { countUses, rewriteGraph, withInputs } from './rewriteGraph.ts';
import type { Node } from '../graph/node.ts';

/**
 * scale·x + shift, + addend, then ReLU, of images: one `fusedAffine` where nothing else reads what lies between.
 * It covers the end of a residual block, and the gradient of batch normalisation (the sum of two affine maps).
 */
export function fuseAffine(graph: Graph): Graph {
  const uses = countUses(graph);
  const readOnce = (node: Node): boolean => uses.get(node) === 1;
  return rewriteGraph(graph, (node, inputs) => {
    if (isOp(node, 'add')) return fusedSum(node, inputs, readOnce) ?? withInputs(node, inputs);
    if (isOp(node, 'relu')) return fusedRelu(node, inputs[0], readOnce) ?? withInputs(node, inputs);
    return withInputs(node, inputs);
  });
}

function fusedSum(
  node: Node<'add'>,
  inputs: readonly Node[],
  readOnce: (node: Node) => boolean,
): Node | undefined {
  // The second operand first: in the gradient of batch normalisation it is the one with a shift.
  const place = [1, 0].find((i) => isImageAffine(inputs[i]) && readOnce(node.inputs[i]));
  if (place === undefined) return undefined;
  const [x, scale, shift] = inputs[place].inputs;
  const addend = inputs[1 - place];
  return sameShape(x.shape, addend.shape) ? fusedAffine(x, scale, shift, { addend }) : undefined;
}

function fusedRelu(node: Node<'relu'>, input: Node, readOnce: (node: Node) => boolean): Node | undefined {
  if (!readOnce(node.inputs[0])) return undefined;
  const isOpen = isOp(input, 'fusedAffine') && !input.attributes.relu;
  if (!isOpen && !isImageAffine(input)) return undefined;
  const [x, scale, shift, addend] = input.inputs as readonly [Node, Node, Node, Node?];
  return fusedAffine(x, scale, shift, { relu: true, ...(addend ? { addend } : {}) });
}

function isImageAffine(node: Node): boolean {
  return isOp(node, 'channelAffine') && node.shape.length === 4;
}
