import { add, matmul, sliceAxis, state } from '../../main/engine/graph/ops.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { Graph } from '../../main/engine/graph/graph.ts';
import type { Node, Tensor } from '../../main/engine/graph/node.ts';

/** A step that does one thing, all of it where the state lies. */
export interface CeilingStep {
  readonly graph: Graph;
  readonly state: Tensors;
  /** 10⁹ multiplications and additions, or bytes, of a step. */
  readonly amount: number;
}

/** c = a·b of [n, n]. */
export function matmulStep(n: number): CeilingStep {
  const c = matmul(state('a', [n, n]), state('b', [n, n]));
  return {
    graph: { outputs: { corner: corner(c) }, updates: { c } },
    state: { a: filled([n, n]), b: filled([n, n]) },
    amount: (2 * n ** 3) / 1e9,
  };
}

/** x + 1: each byte is read once and written once. */
export function copyStep(megabytes: number): CeilingStep {
  const shape = [megabytes, 1 << 18];
  const x = add(state('x', shape), 1);
  return {
    graph: { outputs: { corner: corner(x) }, updates: { x } },
    state: { x: filled(shape) },
    amount: (2 * megabytes * 2 ** 20) / 1e9,
  };
}

/** What leaves the device: one number. */
function corner(x: Node): Node {
  return sliceAxis(sliceAxis(x, 0, 0, 1), 1, 0, 1);
}

function filled(shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'float32', shape, data: new Float32Array(count).fill(1 / 64) };
}
