import { insertNearest, isAmongNearest } from '../../shared/nearestList.ts';

/** Features as rows, float32 [n, d], not necessarily normalised. */
export interface Features {
  readonly data: Float32Array;
  readonly count: number;
  readonly size: number;
}

export interface KnnOptions {
  /** Neighbours that vote; at most the number of rows there are. */
  readonly k?: number;
  /** τ of the vote's weight exp(cosine / τ). */
  readonly temperature?: number;
}

/** As DINO evaluates: k = 20, τ = 0.07. */
const defaults = { k: 20, temperature: 0.07 };

/**
 * Weighted k-nearest-neighbour classification by cosine (Wu et al. 2018, section 3.4).
 * @param classes int class number of each row of `train`
 * @returns the class of each row of `test`
 */
export function knnClassify(
  train: Features,
  classes: readonly number[],
  test: Features,
  options: KnnOptions = {},
): number[] {
  const [reference, queries] = [normalizeRows(train), normalizeRows(test)];
  return Array.from({ length: test.count }, (_, i) => vote(reference, classes, row(queries, i), -1, options));
}

/**
 * Leave-one-out accuracy of `knnClassify`: each row is classified by all the others.
 * @returns 0 … 1; NaN for fewer than two rows
 */
export function knnAccuracy(
  features: Features,
  classes: readonly number[],
  options: KnnOptions = {},
): number {
  if (features.count < 2) return NaN;
  const normalized = normalizeRows(features);
  let correct = 0;
  for (let i = 0; i < features.count; i++) {
    if (vote(normalized, classes, row(normalized, i), i, options) === classes[i]) correct++;
  }
  return correct / features.count;
}

/** For each of the first `queries` rows the k most similar of all other rows, most similar first. */
export function nearestRows(features: Features, queries: number, k: number): Neighbour[][] {
  const normalized = normalizeRows(features);
  return Array.from({ length: Math.min(queries, features.count) }, (_, i) =>
    nearest(normalized, row(normalized, i), i, k),
  );
}

/** Rows divided by their length; rows of zeros stay. */
export function normalizeRows({ data, count, size }: Features): Features {
  const normalized = Float32Array.from(data);
  for (let i = 0; i < count; i++) {
    let squares = 0;
    for (let j = i * size; j < (i + 1) * size; j++) squares += data[j] * data[j];
    const factor = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let j = i * size; j < (i + 1) * size; j++) normalized[j] *= factor;
  }
  return { data: normalized, count, size };
}

function row({ data, size }: Features, i: number): Float32Array {
  return data.subarray(i * size, (i + 1) * size);
}

/** @param excluded row of `reference` that has no vote; −1 for none */
function vote(
  reference: Features,
  classes: readonly number[],
  query: Float32Array,
  excluded: number,
  options: KnnOptions,
): number {
  const { k, temperature } = { ...defaults, ...options };
  const votes = new Map<number, number>();
  for (const { index, cosine } of nearest(reference, query, excluded, k)) {
    // Less 1, which is the same for all and keeps the exponential in range.
    const weight = Math.exp((cosine - 1) / temperature);
    votes.set(classes[index], (votes.get(classes[index]) ?? 0) + weight);
  }
  let [best, most] = [-1, -Infinity];
  for (const [candidate, weight] of votes) {
    if (weight > most || (weight === most && candidate < best)) [best, most] = [candidate, weight];
  }
  return best;
}

export interface Neighbour {
  readonly index: number;
  readonly cosine: number;
}

/** The k most similar rows, most similar first; of equal ones the earlier row. */
function nearest(reference: Features, query: Float32Array, excluded: number, k: number): Neighbour[] {
  const found: Neighbour[] = [];
  for (let index = 0; index < reference.count; index++) {
    if (index === excluded) continue;
    const cosine = dot(reference.data, index * reference.size, query);
    if (isAmongNearest(found, k, cosine)) insertNearest(found, k, { index, cosine });
  }
  return found;
}

function dot(data: Float32Array, offset: number, query: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < query.length; j++) sum += data[offset + j] * query[j];
  return sum;
}
