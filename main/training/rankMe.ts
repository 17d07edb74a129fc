import { matmul, sliceAxis } from '../engine/graph/ops.ts';
import { staticDim } from '../engine/graph/shape.ts';
import { unitRows } from './monitors.ts';
import { symmetricEigenvalues } from './symmetricEigenvalues.ts';
import type { Node, Tensor } from '../engine/graph/node.ts';
import type { MethodStep } from '../ssl/method.ts';

/** Images of a batch that are looked at: more would make the step's output large. */
const mostRows = 256;

/**
 * The inner products of one view's embeddings, normalised to ẑ: ẑᵀẑ [d, d] or ẑẑᵀ [N, N], whichever is smaller. Both
 * have the squared singular values of ẑ for eigenvalues.
 */
export function gramNode({ embeddings: [first] }: Pick<MethodStep, 'embeddings'>): Node {
  const [count, width] = [0, 1].map((axis) => staticDim(first.shape, axis));
  const rows = unitRows(count > mostRows ? sliceAxis(first, 0, 0, mostRows) : first);
  return width < Math.min(count, mostRows)
    ? matmul(rows, rows, { transposeA: true })
    : matmul(rows, rows, { transposeB: true });
}

/** What the paper adds to each share, so that none is 0. */
const epsilon = 1e-7;

/**
 * RankMe (Garrido et al. 2023, arXiv:2210.02885, equation 1): e to the entropy of the singular values' shares. From 1,
 * where all embeddings lie on one line, to the matrix's size, where they use all directions alike. The paper takes some
 * 25,000 images, here it is one batch: good to watch a run, and only to compare runs of one method and batch.
 * @param gram [m, m], of `gramNode`
 */
export function rankMe({ data, shape }: Pick<Tensor, 'data' | 'shape'>): number {
  // Rounding leaves eigenvalues just below 0.
  const singular = symmetricEigenvalues(data, shape[0]).map((value) => Math.sqrt(Math.max(0, value)));
  const sum = singular.reduce((total, value) => total + value, 0);
  if (!(sum > 0)) return 1;
  const entropy = singular.reduce((total, value) => {
    const share = value / sum + epsilon;
    return total - share * Math.log(share);
  }, 0);
  return Math.exp(entropy);
}
