import { graphFeeds, type Graph } from '../../graph/graph.ts';
import { formatShape } from '../../graph/shape.ts';
import type { Shape } from '../../graph/node.ts';
import type { OnnxEmitter } from '../onnx/emitter.ts';

/**
 * A function that gives an int64 vector for a shape: a constant where all is known, else put together from the
 * sizes of the feeds that carry the named dimensions.
 */
export function sizesOf(graph: Graph, onnx: OnnxEmitter): (shape: Shape) => string {
  const carriers = new Map<string, { readonly feed: string; readonly axis: number }>();
  for (const [feed, node] of graphFeeds(graph)) {
    node.shape.forEach((dim, axis) => {
      if (typeof dim === 'string' && !carriers.has(dim)) carriers.set(dim, { feed, axis });
    });
  }
  const namedSize = (dim: string, shape: Shape): string => {
    const carrier = carriers.get(dim);
    if (!carrier) throw new Error(`${formatShape(shape)}: no feed has a dimension ${dim}`);
    const { feed, axis } = carrier;
    return onnx.emit('Shape', [feed], { start: { int: axis }, end: { int: axis + 1 } });
  };
  return (shape) => {
    const known = shape.filter((dim) => typeof dim === 'number');
    if (known.length === shape.length) return onnx.int64s(known);
    const parts = shape.map((dim) => (typeof dim === 'number' ? onnx.int64s([dim]) : namedSize(dim, shape)));
    return parts.length === 1 ? parts[0] : onnx.emit('Concat', parts, { axis: { int: 0 } });
  };
}
