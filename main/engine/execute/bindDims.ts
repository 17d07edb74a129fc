import { graphFeeds, graphNodes, type Graph } from '../graph/graph.ts';
import { formatShape } from '../graph/shape.ts';
import type { Node, Shape, Tensor } from '../graph/node.ts';

/** The sizes of named dimensions in one run. */
export type DimSizes = ReadonlyMap<string, number>;

/**
 * Reads the size of every named dimension from the feeds' shapes.
 * @param feeds pairs of a declared feed and the value given for it
 * Errors: a rank or a size that differs from the declared one; one name with two sizes.
 */
export function bindDims(feeds: readonly (readonly [Node<'feed'>, Tensor])[]): DimSizes {
  const sizes = new Map<string, number>();
  for (const [node, { shape }] of feeds) {
    const fits =
      node.shape.length === shape.length && node.shape.every((dim, i) => bind(sizes, dim, shape[i]));
    if (!fits) {
      const known = node.shape.map((dim) =>
        sizes.has(dim as string) ? `${dim}=${sizes.get(dim as string)}` : dim,
      );
      throw new Error(
        `feed "${node.attributes.name}" is ${formatShape(shape)}, should be ${formatShape(known)}`,
      );
    }
  }
  return sizes;
}

function bind(sizes: Map<string, number>, dim: number | string, size: number): boolean {
  if (typeof dim === 'number') return dim === size;
  const bound = sizes.get(dim) ?? size;
  sizes.set(dim, bound);
  return bound === size;
}

/** A shape with its named dimensions replaced. Errors on a name that no feed has. */
export function resolveShape(shape: Shape, sizes: DimSizes): readonly number[] {
  return shape.map((dim) => {
    const size = typeof dim === 'number' ? dim : sizes.get(dim);
    if (size === undefined) throw new Error(`${formatShape(shape)}: no feed tells the size of ${dim}`);
    return size;
  });
}

/** Errors on a graph that uses a named dimension which no feed has: no run could tell its size. */
export function checkDims(graph: Graph): void {
  const dims = [...graphFeeds(graph).values()].flatMap(({ shape }) => shape);
  const known = new Map(dims.flatMap((dim) => (typeof dim === 'string' ? [[dim, 1] as const] : [])));
  for (const { shape } of graphNodes(graph)) resolveShape(shape, known);
}
