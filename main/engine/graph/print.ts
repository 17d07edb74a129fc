import { createHash } from 'node:crypto';
import { graphNodes, isOp, type Graph } from './graph.ts';
import { formatShape } from './shape.ts';
import type { Node } from './node.ts';

/** The graph as text, a line a node, for people and for snapshots. Constants show their shape and a hash. */
export function printGraph(graph: Graph): string {
  const names = new Map<Node, string>();
  const lines = graphNodes(graph).map((node, index) => {
    const name = `%${index}`;
    names.set(node, name);
    const inputs = node.inputs.map((input) => names.get(input)).join(', ');
    return `${name} = ${node.op}(${inputs})${printAttributes(node)} : ${node.dtype} ${formatShape(node.shape)}`;
  });
  for (const [kind, roots] of [
    ['output', graph.outputs],
    ['update', graph.updates],
  ] as const) {
    for (const [name, node] of Object.entries(roots))
      lines.push(`${kind} ${name} = ${names.get(node) ?? '?'}`);
  }
  return lines.join('\n');
}

/** SHA-256 of the printed graph: equal graphs, also of different processes, have equal hashes. */
export function hashGraph(graph: Graph): string {
  return createHash('sha256').update(printGraph(graph)).digest('hex');
}

function printAttributes(node: Node): string {
  if (isOp(node, 'constant')) {
    const { data } = node.attributes.value;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return data.length === 1
      ? ` ${String(data[0])}`
      : ` #${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
  }
  const entries = Object.entries(node.attributes);
  return entries.length === 0
    ? ''
    : ` {${entries.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')}}`;
}
