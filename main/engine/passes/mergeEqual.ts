import { createHash } from 'node:crypto';
import { isOp, type Graph } from '../graph/graph.ts';
import { rewriteGraph, withInputs } from './rewriteGraph.ts';
import type { Node } from '../graph/node.ts';

/** One node of several that compute the same: same op, attributes and inputs, or constants of the same values. */
export function mergeEqual(graph: Graph): Graph {
  const numbers = new Map<Node, number>();
  const byKey = new Map<string, Node>();
  return rewriteGraph(graph, (node, inputs) => {
    const key = `${keyOf(node)}(${inputs.map((input) => numbers.get(input)).join()})`;
    const known = byKey.get(key);
    if (known) return known;
    const kept = withInputs(node, inputs);
    byKey.set(key, kept);
    numbers.set(kept, numbers.size);
    return kept;
  });
}

function keyOf(node: Node): string {
  const type = `${node.op} ${node.dtype} ${node.shape.join()}`;
  // JSON has no infinities.
  const plain = (_: string, value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
  if (!isOp(node, 'constant')) return `${type} ${JSON.stringify(node.attributes, plain)}`;
  const { data } = node.attributes.value;
  // One constant may be kept in float64, its equal in float32.
  const hash = createHash('sha256').update(data.constructor.name);
  return `${type} ${hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest('hex')}`;
}
