import { graphNodes, graphRoots, type Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';

/** What takes a node's place, given what has taken the places of its inputs. */
export type Replacement = (node: Node, inputs: readonly Node[]) => Node;

/** A graph of the same outputs and updates in which every node has been replaced, inputs before users. */
export function rewriteGraph(graph: Graph, replacement: Replacement): Graph {
  const replaced = new Map<Node, Node>();
  const find = (node: Node): Node => replaced.get(node) ?? node;
  for (const node of graphNodes(graph)) replaced.set(node, replacement(node, node.inputs.map(find)));
  const findAll = (roots: Readonly<Record<string, Node>>): Record<string, Node> =>
    Object.fromEntries(Object.entries(roots).map(([name, node]) => [name, find(node)]));
  return { outputs: findAll(graph.outputs), updates: findAll(graph.updates) };
}

/** The node itself on other inputs. */
export function withInputs(node: Node, inputs: readonly Node[]): Node {
  return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs };
}

/** How often each node is read: by other nodes, as an output, as an update. */
export function countUses(graph: Graph): Map<Node, number> {
  const uses = new Map<Node, number>();
  const use = (node: Node): void => void uses.set(node, (uses.get(node) ?? 0) + 1);
  graphRoots(graph).forEach(use);
  for (const node of graphNodes(graph)) node.inputs.forEach(use);
  return uses;
}
