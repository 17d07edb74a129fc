import { graphNodes, graphRoots, graphStates, type Graph } from '../engine/graph/graph.ts';
import { elementCount } from '../engine/graph/shape.ts';
import type { Node } from '../engine/graph/node.ts';

/** The process without any graph, and ONNX Runtime's own tables. */
const baseBytes = 256e6;
/**
 * What a step takes over what its values take: the lowering's own intermediate values, and the allocator, which grows
 * in large pieces. Measured over methods, widths and sizes: 1.8 to 3.2 on the CPU.
 */
const overhead = 3;

/**
 * About how many bytes a training process needs: the state twice (before and after the step), and the most that lives
 * at one time when the nodes are computed in order and each value is dropped after its last use. Rather too many.
 */
export function estimateStepMemory(graph: Graph): number {
  const nodes = graphNodes(graph);
  const states = [...graphStates(graph).values()].reduce((sum, node) => sum + bytesOf(node), 0);
  return baseBytes + 2 * states + overhead * peakBytes(nodes, new Set(graphRoots(graph)));
}

function peakBytes(nodes: readonly Node[], kept: ReadonlySet<Node>): number {
  const lastUse = new Map<Node, number>();
  nodes.forEach((node, position) => node.inputs.forEach((input) => lastUse.set(input, position)));
  let [live, peak] = [0, 0];
  nodes.forEach((node, position) => {
    live += bytesOf(node);
    peak = Math.max(peak, live);
    for (const input of new Set(node.inputs)) {
      if (lastUse.get(input) === position && !kept.has(input)) live -= bytesOf(input);
    }
  });
  return peak;
}

/** What shares its input's memory, or is state, counts nothing. */
function bytesOf(node: Node): number {
  if (node.op === 'reshape' || node.op === 'stopGradient') return 0;
  return elementCount(node.shape) * (node.dtype === 'uint8' ? 1 : 4);
}
