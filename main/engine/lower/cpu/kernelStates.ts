import { graphNodes, graphStates, isOp, type Graph } from '../../graph/graph.ts';
import { sameShape } from '../../graph/shape.ts';
import { convSizes, isConv } from './convSizes.ts';
import type { Node } from '../../graph/node.ts';

/**
 * The states to keep in the `kernel` layout: the weights of convolutions computed in blocks, and whatever is computed
 * with them element by element, which are their optimizer's slots and their moving averages.
 */
export function kernelStates(graph: Graph, block: number): Set<string> {
  const kin = createKinship();
  const wanted: Node[] = [];
  for (const node of graphNodes(graph)) {
    for (const input of node.inputs) if (isRelated(node, input)) kin.join(node, input);
    const kernel = kernelOf(node);
    if (kernel && isConv(node) && convSizes(node, block)) wanted.push(kernel);
  }
  const states = graphStates(graph);
  const leaves = leavesOf(graph);
  for (const [name, update] of Object.entries(graph.updates)) {
    for (const leaf of leaves.get(name) ?? []) kin.join(leaf, update);
  }
  const families = new Set(wanted.map((node) => kin.head(node)));
  const isKernel = (name: string, node: Node): boolean =>
    [node, ...(leaves.get(name) ?? [])].some((member) => families.has(kin.head(member)));
  return new Set([...states].filter(([name, node]) => isKernel(name, node)).map(([name]) => name));
}

/** What of a convolution, or of one of its gradients, has the shape of the weights. */
function kernelOf(node: Node): Node | undefined {
  if (isOp(node, 'conv2dWeightGradient')) return node;
  return isConv(node) ? node.inputs[1] : undefined;
}

const elementwise = new Set<string>([
  ...['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'],
  ...['negate', 'sqrt', 'exp', 'log', 'tanh', 'relu', 'clamp', 'step', 'stopGradient'],
]);

function isRelated(node: Node, input: Node): boolean {
  return elementwise.has(node.op) && node.shape.length === 4 && sameShape(node.shape, input.shape);
}

function leavesOf(graph: Graph): Map<string, Node[]> {
  const leaves = new Map<string, Node[]>();
  for (const node of graphNodes(graph)) {
    if (!isOp(node, 'state')) continue;
    const { name } = node.attributes;
    leaves.set(name, [...(leaves.get(name) ?? []), node]);
  }
  return leaves;
}

/** Disjoint sets of nodes, each with one of them at its head. */
function createKinship(): { join(a: Node, b: Node): void; head(node: Node): Node } {
  const parents = new Map<Node, Node>();
  const head = (node: Node): Node => {
    let top = node;
    for (let parent = parents.get(top); parent; parent = parents.get(top)) top = parent;
    if (top !== node) parents.set(node, top);
    return top;
  };
  return {
    join: (a, b) => {
      const [first, second] = [head(a), head(b)];
      if (first !== second) parents.set(second, first);
    },
    head,
  };
}
