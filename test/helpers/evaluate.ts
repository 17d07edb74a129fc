import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { checkGraph } from '../../main/engine/graph/checkGraph.ts';
import { graphFeeds } from '../../main/engine/graph/graph.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import type { Node, Tensor } from '../../main/engine/graph/node.ts';

/** What `build` makes of some values, by the reference executor in float64. */
export async function evaluate(
  inputs: readonly Tensor[],
  build: (nodes: readonly Node[]) => Node,
): Promise<Tensor> {
  const [result] = await evaluateAll(inputs, (nodes) => [build(nodes)]);
  return result;
}

export async function evaluateAll(
  inputs: readonly Tensor[],
  build: (nodes: readonly Node[]) => readonly Node[],
): Promise<readonly Tensor[]> {
  const nodes = build(inputs.map(({ shape, dtype }, i) => feed(`x${i}`, shape, dtype)));
  const graph = { outputs: Object.fromEntries(nodes.map((node, i) => [`y${i}`, node])), updates: {} };
  checkGraph(graph);
  const feeds = graphFeeds(graph);
  const used = inputs.map((value, i) => [`x${i}`, value] as const).filter(([name]) => feeds.has(name));
  const program = await referenceExecutor.compile(graph, {});
  const outputs = await program.step(Object.fromEntries(used));
  return nodes.map((_, i) => outputs[`y${i}`]);
}
