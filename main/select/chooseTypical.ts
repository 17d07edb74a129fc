import { kMeans } from './kMeans.ts';
import { byTypicality } from './typicality.ts';
import type { Random } from '../nn/random.ts';
import type { RowProducts, Rows } from './rowProducts.ts';

export interface TypicalRequest {
  /** Of all images, labelled or not, of unit length. */
  readonly rows: Rows;
  /** 1 for rows that have a label. */
  readonly labelled: Uint8Array;
  readonly count: number;
  readonly products: RowProducts;
  readonly random: Random;
}

const mostClusters = 500;
/** Smaller clusters are outliers more often than kinds. */
const smallCluster = 5;
/** More members are as good as these many of them, drawn. */
const mostMembers = 2000;

interface Cluster {
  readonly members: Int32Array;
  /** Labelled, or chosen in this round. */
  covered: number;
  /** Unlabelled members, the most typical first; made when the cluster's turn comes. */
  queue: number[] | null;
}

/**
 * Typical and diverse first: TypiClust (Hacohen et al. 2022). As many clusters as there are labels and wishes together,
 * so that some have no label yet; the largest of those gives the image that is most typical of it.
 * @returns rows, the first to ask about first; fewer where there are not as many without a label
 */
export async function chooseTypical(request: TypicalRequest): Promise<number[]> {
  const { labelled, count } = request;
  const clusters = await clustersOf(request);
  const free = labelled.reduce((sum, flag) => sum + (flag === 0 ? 1 : 0), 0);
  const chosen: number[] = [];
  while (chosen.length < Math.min(count, free)) {
    const cluster = clusters.reduce((best, other) => (comesBefore(other, best) ? other : best));
    cluster.queue ??= await queueOf(request, cluster);
    const row = cluster.queue.shift();
    cluster.covered = row === undefined ? Infinity : cluster.covered + 1;
    if (row !== undefined) chosen.push(row);
    else if (clusters.every(({ covered }) => covered === Infinity)) break;
  }
  return chosen;
}

async function clustersOf({ rows, labelled, count, products, random }: TypicalRequest): Promise<Cluster[]> {
  const labels = labelled.reduce((sum, flag) => sum + flag, 0);
  const k = Math.min(labels + count, mostClusters, Math.ceil(rows.count / (smallCluster - 1)));
  const { assignment } = await kMeans(rows, Math.max(1, k), products, random);
  const members = Array.from({ length: Math.max(1, k) }, (): number[] => []);
  assignment.forEach((cluster, row) => members[cluster].push(row));
  return members.map((list) => ({
    members: Int32Array.from(list),
    covered: list.reduce((sum, row) => sum + labelled[row], 0),
    queue: null,
  }));
}

/** Fewest labels first, the small ones last of these, the largest first. */
function comesBefore(a: Cluster, b: Cluster): boolean {
  if (a.covered !== b.covered) return a.covered < b.covered;
  const [smallA, smallB] = [a, b].map(({ members }) => members.length <= smallCluster);
  if (smallA !== smallB) return smallB;
  return a.members.length > b.members.length;
}

async function queueOf(
  { rows, labelled, products, random }: TypicalRequest,
  cluster: Cluster,
): Promise<number[]> {
  const { members } = cluster;
  const part =
    members.length <= mostMembers
      ? members
      : random
          .permutation(members.length)
          .subarray(0, mostMembers)
          .map((i) => members[i]);
  const order = await byTypicality(rows, part, products);
  return [...order].filter((row) => labelled[row] === 0);
}
