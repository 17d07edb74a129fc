import { randomStream } from '../../../main/nn/random.ts';
import type { Rows } from '../../../main/select/rowProducts.ts';

/** Unit rows around one direction a cluster. `spread` is the noise a coordinate. */
export function clusteredRows(
  sizes: readonly number[],
  { dimension = 16, spread = 0.08, seed = 1 } = {},
): { readonly rows: Rows; readonly clusterOf: Int32Array } {
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const data = new Float32Array(count * dimension);
  const clusterOf = new Int32Array(count);
  let row = 0;
  for (const [cluster, size] of sizes.entries()) {
    const centre = unit(vector(dimension, (j) => randomStream(seed, 'centre', cluster, j).normal()));
    for (let i = 0; i < size; i++, row++) {
      const random = randomStream(seed, 'row', cluster, i);
      data.set(unit(vector(dimension, (j) => centre[j] + spread * random.normal())), row * dimension);
      clusterOf[row] = cluster;
    }
  }
  return { rows: { data, count, size: dimension }, clusterOf };
}

/** Unit rows in the plane, from their angles in degrees. */
export function rowsAtAngles(degrees: readonly number[]): Rows {
  const data = Float32Array.from(
    degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
  );
  return { data, count: degrees.length, size: 2 };
}

function vector(length: number, value: (j: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, j) => value(j));
}

function unit(values: Float64Array): Float64Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}
