import {
  add,
  concat,
  logSumExp,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  subtract,
} from '../engine/graph/ops.ts';
import { excludedSimilarity } from './excludedSimilarity.ts';
import type { Node } from '../engine/graph/node.ts';

/**
 * The cross entropy of recognising each query's key among its key and the queue (He et al. 2020, equation 1), averaged
 * over the queries.
 * @param queries unit rows [N, d]
 * @param keys unit rows [N, d], row i the positive of query i
 * @param negatives unit rows [K, d]
 * @param excluded float32 [N, K], 1 where a row is no negative of a query (its own key), else 0; absent: none is
 * @returns one element
 */
export function infoNce(
  queries: Node,
  {
    keys,
    negatives,
    excluded,
    temperature,
  }: { keys: Node; negatives: Node; excluded?: Node; temperature: number },
): Node {
  const positive = reduceSum(multiply(queries, keys), [1], true);
  const all = matmul(queries, negatives, { transposeB: true });
  const negative = excluded ? add(all, multiply(excluded, excludedSimilarity)) : all;
  const logits = multiply(concat([positive, negative], 1), 1 / temperature);
  return subtract(reduceMean(logSumExp(logits, [1])), multiply(reduceMean(positive), 1 / temperature));
}
