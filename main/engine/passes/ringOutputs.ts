import { elementCount, staticShape } from '../graph/shape.ts';
import { concat, reshape, sliceAxis, state } from '../graph/ops.ts';
import type { Graph } from '../graph/graph.ts';
import type { Tensor } from '../graph/node.ts';

/** A graph that hands nothing back: its outputs of the last steps are rows of one more state. */
export interface RingedGraph {
  readonly graph: Graph;
  /** The state's name; float32 [length, W], where W is what all outputs have together. */
  readonly ring: string;
  /** Its value before the first step. */
  readonly empty: Tensor;
  /** The outputs of the last `count` steps, oldest first, from the state's value. */
  readonly outputsOf: (ring: Tensor, count: number) => Readonly<Record<string, Tensor>>[];
}

const ringName = 'outputs.ring';

/**
 * Moves a graph's outputs into a state, so that a device keeps them until somebody asks. A step drops the oldest row and
 * appends its own: rows keep their order without a counter, and a value that is no number spoils no other row.
 * Errors: an output that is not float32, or of a size that is not known.
 * @param length steps that are kept
 */
export function ringOutputs({ outputs, updates }: Graph, length: number): RingedGraph {
  const named = Object.entries(outputs).map(([name, node]) => {
    if (node.dtype !== 'float32') throw new Error(`output "${name}" is ${node.dtype}, not float32`);
    const shape = staticShape(node.shape);
    return { name, node, shape, count: elementCount(shape) };
  });
  if (updates[ringName]) throw new Error(`a state is called "${ringName}" already`);
  const width = named.reduce((sum, { count }) => sum + count, 0);
  const row = concat(
    named.map(({ node, count }) => reshape(node, [1, count])),
    1,
  );
  const before = state(ringName, [length, width]);
  const after = length === 1 ? row : concat([sliceAxis(before, 0, 1, length), row], 0);
  return {
    graph: { outputs: {}, updates: { ...updates, [ringName]: after } },
    ring: ringName,
    empty: { dtype: 'float32', shape: [length, width], data: new Float32Array(length * width) },
    outputsOf: ({ data }, count) =>
      Array.from({ length: count }, (_, i) => {
        let at = (length - count + i) * width;
        const entries = named.map(({ name, shape, count: size }) => {
          const value: Tensor = { dtype: 'float32', shape, data: data.slice(at, at + size) };
          at += size;
          return [name, value] as const;
        });
        return Object.fromEntries(entries);
      }),
  };
}
