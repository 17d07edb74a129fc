import { kMeans } from './kMeans.ts';
import { pickRows, type RowProducts, type Rows } from './rowProducts.ts';
import type { Random } from '../nn/random.ts';

export interface UncertainRequest {
  /** Unlabelled images, of unit length. */
  readonly rows: Rows;
  /** Float [n, classCount], rows that add up to 1. */
  readonly probabilities: ArrayLike<number>;
  readonly classCount: number;
  readonly count: number;
  readonly products: RowProducts;
  readonly random: Random;
}

/** The least certain rows, this many times the wish, are thinned out to unlike ones … */
const poolFactor = 10;
/** … but never more than this share of all. */
const poolShare = 0.25;

/**
 * The images between whose two likeliest classes the least lies (margin sampling, Scheffer et al. 2001). Many of these
 * look alike and would be asked one after the other: the pool of the least certain is split into as many clusters as
 * images are wished, and each gives its least certain one (as Citovsky et al. 2021 do at large).
 * @returns rows, the least certain first
 */
export async function chooseUncertain(request: UncertainRequest): Promise<number[]> {
  const { rows, count, products, random } = request;
  const margin = margins(request.probabilities, rows.count, request.classCount);
  const byMargin = Int32Array.from({ length: rows.count }, (_, row) => row).sort(
    (a, b) => margin[a] - margin[b] || a - b,
  );
  const wish = Math.min(count, rows.count);
  if (wish === 0) return [];
  const size = Math.max(wish, Math.min(poolFactor * wish, Math.floor(poolShare * rows.count)));
  const pool = byMargin.subarray(0, size);
  const { assignment } = await kMeans(pickRows(rows, pool), wish, products, random);
  const asked = new Set<number>();
  const chosen = [...pool].filter((_, i) => {
    const isFirst = !asked.has(assignment[i]);
    asked.add(assignment[i]);
    return isFirst;
  });
  const rest = [...pool].filter((row) => !chosen.includes(row));
  return [...chosen, ...rest.slice(0, wish - chosen.length)].sort((a, b) => margin[a] - margin[b] || a - b);
}

/** p₁ − p₂ of each row: the likeliest class's probability less the second's. */
export function margins(probabilities: ArrayLike<number>, count: number, classCount: number): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => {
    let [first, second] = [0, 0];
    for (let c = row * classCount; c < (row + 1) * classCount; c++) {
      const p = probabilities[c];
      if (p > first) [first, second] = [p, first];
      else if (p > second) second = p;
    }
    return first - second;
  });
}
