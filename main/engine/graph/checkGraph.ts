import { graphNodes, graphStates, isOp, type Graph } from './graph.ts';
import { formatShape, sameShape } from './shape.ts';
import { shapeRules, type LeafOp } from './shapeRules.ts';
import type { Node, Op } from './node.ts';

/**
 * What a legal graph is. Run after every pass that makes one (the tests always do).
 * Errors: a node whose shape or dtype is not what its rule says; one name for two different leaves; an update
 * that differs from its state in shape or dtype, or has a feed's name; a state of a size that is not known.
 */
export function checkGraph(graph: Graph): void {
  const leaves = new Map<string, Node>();
  for (const node of graphNodes(graph)) {
    if (isOp(node, 'feed') || isOp(node, 'state')) checkLeaf(node, leaves);
    else checkNode(node);
  }
  const states = graphStates(graph);
  for (const [name, update] of Object.entries(graph.updates)) {
    if (leaves.get(name)?.op === 'feed') throw new Error(`"${name}" names both a feed and an updated state`);
    checkUpdate(name, update, states.get(name));
  }
}

function checkNode(node: Node): void {
  const rule = shapeRules[node.op as Exclude<Op, LeafOp>] as (
    inputs: readonly Node[],
    attributes: object,
  ) => Node;
  const expected = rule(node.inputs, node.attributes);
  if (!sameShape(expected.shape, node.shape) || expected.dtype !== node.dtype) {
    throw new Error(
      `${node.op} should be ${expected.dtype} ${formatShape(expected.shape)}, is ${node.dtype} ${formatShape(node.shape)}`,
    );
  }
}

function checkLeaf(node: Node<'feed'> | Node<'state'>, leaves: Map<string, Node>): void {
  const { name } = node.attributes;
  const other = leaves.get(name);
  if (other && (other.op !== node.op || other.dtype !== node.dtype || !sameShape(other.shape, node.shape))) {
    throw new Error(`"${name}" names both ${describe(other)} and ${describe(node)}`);
  }
  if (node.op === 'state') checkKnownSize(node);
  leaves.set(name, node);
}

function checkUpdate(name: string, update: Node, stateNode: Node | undefined): void {
  if (!stateNode || !sameShape(stateNode.shape, update.shape) || stateNode.dtype !== update.dtype) {
    throw new Error(
      `update of "${name}" is ${describe(update)}, its state ${stateNode ? describe(stateNode) : 'missing'}`,
    );
  }
  checkKnownSize(update);
}

function checkKnownSize(node: Node): void {
  if (node.shape.some((dim) => typeof dim === 'string')) {
    throw new Error(`${describe(node)}: a state's size is known when the graph is built`);
  }
}

function describe(node: Node): string {
  return `${node.op} ${node.dtype} ${formatShape(node.shape)}`;
}
