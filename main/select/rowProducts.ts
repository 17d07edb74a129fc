import { checkGraph } from '../engine/graph/checkGraph.ts';
import { feed, matmul } from '../engine/graph/ops.ts';
import type { Executor, Program } from '../engine/execute/executor.ts';
import type { Graph } from '../engine/graph/graph.ts';
import type { Tensor } from '../engine/graph/node.ts';

/** Vectors as rows, float32 [n, d]. */
export interface Rows {
  readonly data: Float32Array;
  readonly count: number;
  readonly size: number;
}

/** Dot products of rows, a block at a time: all of them at once would not fit into memory. */
export interface RowProducts {
  /**
   * Computes a · bᵀ.
   * @param use called for each block of rows of `a`, in order: `dots` [count, b.count] is of rows `first` to
   *   `first + count`, and overwritten by the next block
   */
  each(a: Rows, b: Rows, use: (dots: Float32Array, first: number, count: number) => void): Promise<void>;
  dispose(): Promise<void>;
}

const mostRows = 1024;
const mostColumns = 512;
const smallest = 16;

/** Products on the engine, which is fifty times as fast at them as a loop here. */
export function createRowProducts(executor: Executor, size: number): RowProducts {
  const programs = new Map<string, Promise<Program>>();
  const programOf = (rows: number, columns: number): Promise<Program> => {
    const key = `${rows} ${columns}`;
    const known = programs.get(key) ?? executor.compile(productGraph(rows, columns, size), {});
    programs.set(key, known);
    return known;
  };
  return {
    each: async (a, b, use) => {
      const height = blockSize(a.count, mostRows);
      const width = blockSize(b.count, mostColumns);
      const program = await programOf(height, width);
      const dots = new Float32Array(Math.min(height, a.count) * b.count);
      for (let first = 0; first < a.count; first += height) {
        const count = Math.min(height, a.count - first);
        const left = block(a, first, height);
        for (let column = 0; column < b.count; column += width) {
          const { products } = await program.step({ left, right: block(b, column, width) });
          const columns = Math.min(width, b.count - column);
          for (let i = 0; i < count; i++) {
            const from = i * width;
            dots.set(products.data.subarray(from, from + columns), i * b.count + column);
          }
        }
        use(dots, first, count);
      }
    },
    dispose: async () => {
      for (const program of programs.values()) await (await program).dispose();
    },
  };
}

function productGraph(rows: number, columns: number, size: number): Graph {
  const products = matmul(feed('left', [rows, size]), feed('right', [columns, size]), { transposeB: true });
  const graph: Graph = { outputs: { products }, updates: {} };
  checkGraph(graph);
  return graph;
}

/** A power of two that holds all of them, or the largest block. */
function blockSize(count: number, most: number): number {
  return Math.min(most, Math.max(smallest, 2 ** Math.ceil(Math.log2(Math.max(1, count)))));
}

/** Some rows; what is lacking of a whole block is zeros. */
function block({ data, count, size }: Rows, first: number, length: number): Tensor {
  const rows = Math.min(length, count - first);
  const part = data.subarray(first * size, (first + rows) * size);
  if (rows === length) return { dtype: 'float32', shape: [length, size], data: part };
  const padded = new Float32Array(length * size);
  padded.set(part);
  return { dtype: 'float32', shape: [length, size], data: padded };
}

/** The given rows alone. */
export function pickRows({ data, size }: Rows, rows: ArrayLike<number>): Rows {
  const picked = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++) {
    picked.set(data.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
  }
  return { data: picked, count: rows.length, size };
}
