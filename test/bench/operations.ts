import { graphNodes, isOp, type Graph } from '../../main/engine/graph/graph.ts';
import { elementCount, staticShape } from '../../main/engine/graph/shape.ts';
import type { Node } from '../../main/engine/graph/node.ts';

/** Multiplications and additions of all convolutions and products of matrices in a graph. */
export function operationsOf(graph: Graph): number {
  return graphNodes(graph).reduce((sum, node) => sum + operationsIn(node), 0);
}

function operationsIn(node: Node): number {
  const [first, second] = node.inputs.map(({ shape }) => staticShape(shape));
  const size = elementCount(staticShape(node.shape));
  // Of each output, one product for each weight that leads to it.
  if (isOp(node, 'conv2d')) return 2 * size * elementCount(second.slice(1));
  // Gradients do the work of the convolution that they belong to: of each element of its output, all of its weights.
  if (isOp(node, 'conv2dInputGradient')) return 2 * elementCount(first) * elementCount(second.slice(1));
  if (isOp(node, 'conv2dWeightGradient')) {
    return 2 * elementCount(second) * elementCount(staticShape(node.shape).slice(1));
  }
  if (!isOp(node, 'matmul')) return 0;
  return 2 * size * (node.attributes.transposeA ? first[first.length - 2] : first[first.length - 1]);
}
