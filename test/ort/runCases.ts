import { referenceExecutor } from '../../main/engine/execute/reference/referenceExecutor.ts';
import { checkGraph } from '../../main/engine/graph/checkGraph.ts';
import { graphFeeds, type Graph } from '../../main/engine/graph/graph.ts';
import { feed } from '../../main/engine/graph/ops.ts';
import type { Executor, Tensors } from '../../main/engine/execute/executor.ts';
import type { Node, NumericArray } from '../../main/engine/graph/node.ts';
import type { OpCase } from './opCase.ts';

/** Largest difference to the reference executor for each case, relative to the largest value (at least 1). */
export async function caseErrors(executor: Executor, cases: readonly OpCase[]): Promise<number[]> {
  const { graph, feeds } = join(cases);
  const expected = await outputsOf(referenceExecutor, graph, feeds);
  const actual = await outputsOf(executor, graph, feeds);
  return cases.map((_, i) => difference(actual[`y${i}`].data, expected[`y${i}`].data));
}

/** All cases as one graph. */
function join(cases: readonly OpCase[]): { graph: Graph; feeds: Tensors } {
  const outputs: Record<string, Node> = {};
  const feeds: Record<string, OpCase['inputs'][number]> = {};
  cases.forEach(({ inputs, declared, build }, i) => {
    const nodes = inputs.map((value, j) => feed(`x${i}_${j}`, declared?.[j] ?? value.shape, value.dtype));
    outputs[`y${i}`] = build(nodes);
    inputs.forEach((value, j) => (feeds[`x${i}_${j}`] = value));
  });
  const graph = { outputs, updates: {} };
  checkGraph(graph);
  const used = graphFeeds(graph);
  return { graph, feeds: Object.fromEntries(Object.entries(feeds).filter(([name]) => used.has(name))) };
}

async function outputsOf(executor: Executor, graph: Graph, feeds: Tensors): Promise<Tensors> {
  const program = await executor.compile(graph, {});
  try {
    return await program.step(feeds);
  } finally {
    await program.dispose();
  }
}

function difference(actual: NumericArray, expected: NumericArray): number {
  if (actual.length !== expected.length) return Infinity;
  let [largest, scale] = [0, 1];
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    if (Number.isNaN(error)) return Infinity;
    largest = Math.max(largest, error);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return largest / scale;
}
