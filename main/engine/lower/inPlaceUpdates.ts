import { graphNodes, graphRoots, isOp, type Graph } from '../graph/graph.ts';
import type { Node, Op } from '../graph/node.ts';

/** What computes a value of its own. Others may hand on the memory that they were given (`reshape`). */
const arithmetic: ReadonlySet<Op> = new Set<Op>([
  ...(['negate', 'exp', 'log', 'sqrt', 'tanh', 'relu'] as const),
  ...(['add', 'subtract', 'multiply', 'divide', 'maximum', 'minimum'] as const),
]);

/**
 * The states whose new value may be written over the old one, in whichever order a runtime does the nodes: whatever
 * reads the old value, itself or through others, leads to nothing but the new one, so all of it is done before. So it
 * is with momentum, not with weights, which the gradients of other layers read too.
 */
export function inPlaceUpdates(graph: Graph): Set<string> {
  const users = usersOf(graph);
  const roots = new Set(graphRoots(graph));
  const states = graphNodes(graph).filter((node) => isOp(node, 'state'));
  const names = states.filter((state) => {
    const update = graph.updates[state.attributes.name];
    const readers = users.get(state) ?? [];
    // What reads the old value while it writes the new one would have to do so element by element.
    const isApart = readers.every((reader) => reader !== update && arithmetic.has(reader.op));
    return update !== undefined && isApart && leadsOnlyTo(update, state, users, roots);
  });
  return new Set(names.map(({ attributes }) => attributes.name));
}

function usersOf(graph: Graph): Map<Node, Node[]> {
  const users = new Map<Node, Node[]>();
  for (const node of graphNodes(graph)) {
    for (const input of node.inputs) {
      const known = users.get(input);
      if (known) known.push(node);
      else users.set(input, [node]);
    }
  }
  return users;
}

/** Whether each way from `start` to a root of the graph goes through `goal`. */
function leadsOnlyTo(
  goal: Node,
  start: Node,
  users: ReadonlyMap<Node, readonly Node[]>,
  roots: ReadonlySet<Node>,
): boolean {
  const seen = new Set<Node>([goal]);
  const open = [start];
  for (let node = open.pop(); node; node = open.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (roots.has(node)) return false;
    open.push(...(users.get(node) ?? []));
  }
  return true;
}
