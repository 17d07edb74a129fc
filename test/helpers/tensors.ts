import type { Tensor } from '../../main/engine/graph/node.ts';

/** Tensors for tests of the engine, in float64 so that the reference executor loses nothing. */
export function tensor(shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype: 'float32', shape, data: Float64Array.from(values) };
}

export function integers(values: readonly number[]): Tensor {
  return { dtype: 'int32', shape: [values.length], data: Int32Array.from(values) };
}

/** Uniform in [low, high), the same at every call (mulberry32). */
export function randomTensor(shape: readonly number[], seed: number, low = -1, high = 1): Tensor {
  const random = mulberry32(seed);
  return tensor(
    shape,
    Array.from({ length: countOf(shape) }, () => low + (high - low) * random()),
  );
}

/**
 * Shuffled values, of all the tensors together no two closer than 0.1 and none closer than 0.05 to 0: away from
 * the kinks of relu, of maxima and of comparisons.
 */
export function distinctTensors(shapes: readonly (readonly number[])[], seed: number): Tensor[] {
  const total = shapes.reduce((sum, shape) => sum + countOf(shape), 0);
  const random = mulberry32(seed);
  const values = Array.from({ length: total }, (_, i) => 0.1 * (i - Math.floor(total / 2)) + 0.05);
  for (let i = total - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j], values[i]];
  }
  return shapes.map((shape) => tensor(shape, values.splice(0, countOf(shape))));
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}

function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
