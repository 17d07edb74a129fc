import { pickRows, type RowProducts, type Rows } from './rowProducts.ts';
import type { Random } from '../nn/random.ts';

export interface Clusters {
  /** The cluster of each row, 0 … k − 1. */
  readonly assignment: Int32Array;
  /** Means of the clusters, [k, d]. */
  readonly centres: Rows;
}

/** Lloyd's iterations look at so many rows at most: centres of more rows hardly differ. */
const mostLearnt = 20_000;
/** Rows among which first centres are drawn: so many a cluster, within these limits. */
const seedsPerCluster = 4;
const fewestSeeds = 1000;
const mostSeeds = 4000;
const mostIterations = 15;
/** Share of the rows that may still change their cluster at the end. */
const settledShare = 0.002;

/**
 * k-means (Lloyd 1982) from centres drawn by greedy k-means++ (Arthur & Vassilvitskii 2007): both on a random part of many
 * rows; in the end every row goes to its nearest centre. Clusters can end empty. Deterministic by `random`.
 * @param rows of unit length
 * @param k at most the number of rows
 */
export async function kMeans(
  rows: Rows,
  k: number,
  products: RowProducts,
  random: Random,
): Promise<Clusters> {
  const order = random.permutation(rows.count);
  const learnt = rows.count <= mostLearnt ? rows : pickRows(rows, order.subarray(0, mostLearnt));
  const seeds = Math.min(mostSeeds, Math.max(fewestSeeds, seedsPerCluster * k));
  const drawn = random.permutation(learnt.count).subarray(0, Math.max(k, seeds));
  const candidates = pickRows(learnt, drawn);
  let centres = pickRows(candidates, await firstCentres(candidates, k, products, random));
  let assignment: Int32Array = new Int32Array(learnt.count).fill(-1);
  for (let iteration = 0; iteration < mostIterations; iteration++) {
    const { nearest, similarity } = await assign(learnt, centres, products);
    const moved = nearest.reduce((sum, cluster, i) => sum + (cluster === assignment[i] ? 0 : 1), 0);
    assignment = nearest;
    if (moved <= settledShare * learnt.count) break;
    centres = means(learnt, nearest, similarity, centres);
  }
  if (learnt !== rows) assignment = (await assign(rows, centres, products)).nearest;
  return { assignment, centres };
}

/**
 * Greedy k-means++: each further centre is the best of a few rows drawn in proportion to their squared distance from the
 * nearest centre so far: the one that leaves the least such distance in all.
 */
async function firstCentres(
  candidates: Rows,
  k: number,
  products: RowProducts,
  random: Random,
): Promise<Int32Array> {
  const n = candidates.count;
  const similar = new Float32Array(n * n);
  await products.each(candidates, candidates, (dots, first, count) =>
    similar.set(dots.subarray(0, count * n), first * n),
  );
  const trials = 2 + Math.floor(Math.log(k));
  const chosen = new Int32Array(k);
  let distances: Distances = { of: new Float64Array(n).fill(4), total: 4 * n };
  for (let c = 0; c < k; c++) {
    let best: Distances | null = null;
    for (let trial = 0; trial < trials; trial++) {
      const row = drawInProportion(distances, random);
      const found = withCentre(distances, similar.subarray(row * n, (row + 1) * n));
      if (best && found.total >= best.total) continue;
      [best, chosen[c]] = [found, row];
    }
    distances = best ?? distances;
  }
  return chosen;
}

/** Squared distance of each row from its nearest centre. */
interface Distances {
  readonly of: Float64Array;
  readonly total: number;
}

/** @param similar the new centre's product with each row */
function withCentre({ of }: Distances, similar: Float32Array): Distances {
  const nearer = new Float64Array(of.length);
  let total = 0;
  for (let i = 0; i < of.length; i++) {
    // ‖a − b‖² of unit rows.
    total += nearer[i] = Math.min(of[i], Math.max(0, 2 - 2 * similar[i]));
  }
  return { of: nearer, total };
}

function drawInProportion({ of, total }: Distances, random: Random): number {
  // All rows are centres or their copies.
  if (!(total > 1e-9)) return random.integer(of.length);
  let left = random.uniform() * total;
  for (let i = 0; i < of.length; i++) {
    left -= of[i];
    if (left <= 0) return i;
  }
  return of.length - 1;
}

interface Assigned {
  readonly nearest: Int32Array;
  /** Of each row to its centre: row · centre − ‖centre‖²/2, the highest where the distance is least. */
  readonly similarity: Float32Array;
}

async function assign(rows: Rows, centres: Rows, products: RowProducts): Promise<Assigned> {
  const k = centres.count;
  const half = new Float32Array(k);
  for (let c = 0; c < k; c++) {
    for (let j = c * centres.size; j < (c + 1) * centres.size; j++) half[c] += centres.data[j] ** 2 / 2;
  }
  const nearest = new Int32Array(rows.count);
  const similarity = new Float32Array(rows.count);
  await products.each(rows, centres, (dots, first, count) => {
    for (let i = 0; i < count; i++) {
      let [best, most] = [0, -Infinity];
      for (let c = 0, at = i * k; c < k; c++, at++) {
        const value = dots[at] - half[c];
        if (value > most) [best, most] = [c, value];
      }
      nearest[first + i] = best;
      similarity[first + i] = most;
    }
  });
  return { nearest, similarity };
}

/** An empty cluster takes the row that is farthest from its centre, each another one. */
function means(rows: Rows, nearest: Int32Array, similarity: Float32Array, { count: k, size }: Rows): Rows {
  const data = new Float32Array(k * size);
  const members = new Int32Array(k);
  for (let i = 0; i < rows.count; i++) {
    const to = nearest[i] * size;
    members[nearest[i]]++;
    for (let j = 0, from = i * size; j < size; j++) data[to + j] += rows.data[from + j];
  }
  let farthest: Int32Array | null = null;
  let taken = 0;
  for (let c = 0; c < k; c++) {
    if (members[c] > 0) {
      for (let j = c * size; j < (c + 1) * size; j++) data[j] /= members[c];
      continue;
    }
    farthest ??= Int32Array.from(similarity.keys()).sort((a, b) => similarity[a] - similarity[b] || a - b);
    const row = farthest[taken++ % rows.count];
    data.set(rows.data.subarray(row * size, (row + 1) * size), c * size);
  }
  return { data, count: k, size };
}
