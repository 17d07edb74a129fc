import type { Executor, Tensors } from '../../../main/engine/execute/executor.ts';
import type { Tensor } from '../../../main/engine/graph/node.ts';

/**
 * The values that `makeFixtures.py` computes from a name, so that fixtures hold results only: uniform in [−1, 1), the
 * murmur3 finaliser of (index + FNV-1a of the name).
 */
export function formulaValues(name: string, shape: readonly number[]): Float64Array {
  const start = fnv1a(name);
  const count = shape.reduce((product, dim) => product * dim, 1);
  return Float64Array.from({ length: count }, (_, i) => finalize(start + i) / 2 ** 31 - 1);
}

/** The value that `makeFixtures.py` gives a variable of this name, which carries the network's own names. */
export function startingValue(name: string, shape: readonly number[]): Tensor {
  const { offset, factor } = spread(name, shape);
  const data = formulaValues(name, shape).map((value) => offset + factor * value);
  return { dtype: 'float32', shape, data };
}

/** The values in float32 for all but the reference executor. */
export function roundedFor(executor: Executor, tensors: Tensors): Tensors {
  if (executor.name === 'reference') return tensors;
  return Object.fromEntries(
    Object.entries(tensors).map(([name, value]) => [name, { ...value, data: Float32Array.from(value.data) }]),
  );
}

function spread(name: string, shape: readonly number[]): { offset: number; factor: number } {
  if (name.endsWith('running_mean')) return { offset: 0, factor: 0.1 };
  if (name.endsWith('running_var')) return { offset: 1, factor: 0.5 };
  if (shape.length === 1) return { offset: name.endsWith('weight') ? 1 : 0, factor: 0.3 };
  return { offset: 0, factor: Math.sqrt(6 / (shape[0] * shape[2] * shape[3])) };
}

function fnv1a(name: string): number {
  return Buffer.from(name).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}

function finalize(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
