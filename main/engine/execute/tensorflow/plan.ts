import { graphNodes, graphRoots, isOp, type Graph } from '../../graph/graph.ts';
import type { Node } from '../../graph/node.ts';

/** One node's turn in a step. */
export interface Turn {
  readonly node: Node;
  /** Nodes whose values nobody reads after this turn. */
  readonly finished: readonly Node[];
}

/**
 * The order of a step, with the moment at which each value can be freed. States, constants and what the step hands
 * back are never finished: they outlive it.
 */
export function planTurns(graph: Graph): readonly Turn[] {
  const nodes = graphNodes(graph);
  const seen = new Set<Node>(graphRoots(graph));
  const turns: Turn[] = [];
  for (const node of nodes.toReversed()) {
    const last = new Set([node, ...node.inputs].filter((used) => !seen.has(used)));
    last.forEach((used) => seen.add(used));
    turns.push({
      node,
      finished: [...last].filter((used) => !isOp(used, 'state') && !isOp(used, 'constant')),
    });
  }
  return turns.toReversed();
}
