import type { Node, Op } from './node.ts';

/**
 * A whole step: `outputs` are handed back after each run, `updates` replace the state tensors of the same
 * name. Everything that the step computes is reachable from these two.
 */
export interface Graph {
  readonly outputs: Readonly<Record<string, Node>>;
  readonly updates: Readonly<Record<string, Node>>;
}

/** Narrows a node to one op, so that its attributes are typed. */
export function isOp<O extends Op>(node: Node, op: O): node is Node<O> {
  return node.op === op;
}

/** All nodes that `roots` reach, inputs before users, in a deterministic order. */
export function topologicalOrder(roots: readonly Node[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: deep networks overflow a recursive walk.
  const stack: { node: Node; next: number }[] = [];
  const enter = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ node, next: 0 });
  };
  for (const root of roots) {
    enter(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (!top) break;
      const input = top.node.inputs[top.next++];
      if (input) enter(input);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** Outputs first, then updates, each in the order of their names' insertion. */
export function graphRoots(graph: Graph): Node[] {
  return [...Object.values(graph.outputs), ...Object.values(graph.updates)];
}

export function graphNodes(graph: Graph): Node[] {
  return topologicalOrder(graphRoots(graph));
}

/** The graph's feeds by name. */
export function graphFeeds(graph: Graph): Map<string, Node<'feed'>> {
  return leavesByName(graph, 'feed');
}

/**
 * The graph's state tensors by name: those that are read, and those that are only written (their shape is
 * the shape of what is written).
 */
export function graphStates(graph: Graph): Map<string, Node> {
  const states = new Map<string, Node>(leavesByName(graph, 'state'));
  for (const [name, node] of Object.entries(graph.updates)) if (!states.has(name)) states.set(name, node);
  return states;
}

function leavesByName<O extends 'feed' | 'state'>(graph: Graph, op: O): Map<string, Node<O>> {
  const leaves = new Map<string, Node<O>>();
  for (const node of graphNodes(graph)) {
    if (isOp(node, op)) leaves.set(node.attributes.name, node);
  }
  return leaves;
}
