import { pickRows, type RowProducts, type Rows } from './rowProducts.ts';

/** As TypiClust: 20 neighbours, fewer in small clusters. */
const mostNeighbours = 20;
/** So that copies have a typicality too. */
const smallestDistance = 1e-5;

/**
 * How typical each row is of its company: 1 over the mean distance to its nearest neighbours (Hacohen et al. 2022,
 * "Active Learning on a Budget", equation 1). Of one row alone: 0.
 * @param rows of unit length, a few thousand at most
 */
export async function typicalities(rows: Rows, products: RowProducts): Promise<Float64Array> {
  const n = rows.count;
  const k = Math.min(mostNeighbours, Math.max(1, Math.floor(n / 2)), n - 1);
  const found = new Float64Array(n);
  if (k < 1) return found;
  const nearest = new Float64Array(k);
  await products.each(rows, rows, (dots, first, count) => {
    for (let i = 0; i < count; i++) {
      nearest.fill(-Infinity);
      for (let other = 0; other < n; other++) {
        const similarity = dots[i * n + other];
        if (similarity > nearest[k - 1] && other !== first + i) insert(nearest, similarity);
      }
      const sum = nearest.reduce((total, cosine) => total + Math.sqrt(Math.max(0, 2 - 2 * cosine)), 0);
      found[first + i] = 1 / (sum / k + smallestDistance);
    }
  });
  return found;
}

/** Into a list in descending order, whose last falls out. */
function insert(list: Float64Array, value: number): void {
  let at = list.length - 1;
  for (; at > 0 && list[at - 1] < value; at--) list[at] = list[at - 1];
  list[at] = value;
}

/** The rows of `members` by typicality among themselves, the most typical first. */
export async function byTypicality(
  rows: Rows,
  members: Int32Array,
  products: RowProducts,
): Promise<Int32Array> {
  const found = await typicalities(pickRows(rows, members), products);
  const order = Int32Array.from(members.keys()).sort((a, b) => found[b] - found[a] || a - b);
  return order.map((i) => members[i]);
}
