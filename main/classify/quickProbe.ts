import { applyHead, foldStandardization, standardize } from './linearHead.ts';
import { createLogisticRegression } from './logisticRegression.ts';
import { probabilitiesOf } from './metrics.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { Features } from '../training/knn.ts';

/** Without a choice by labels put aside: strong enough for few of them. */
const l2 = 0.1;

/**
 * Class probabilities by a linear probe that is fitted once, in about a second: to choose by, not to measure.
 * @param labels class of each row of `learnt`
 * @returns float64 [asked.count, classCount]
 */
export async function quickProbe(
  executor: Executor,
  learnt: Features,
  labels: readonly number[],
  classCount: number,
  asked: Features,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const rows = Int32Array.from({ length: learnt.count }, (_, row) => row);
  const standardization = standardize(learnt, rows);
  const regression = await createLogisticRegression(executor, learnt, labels, classCount);
  try {
    const { head } = await regression.fit({ rows, standardization, l2, signal });
    return probabilitiesOf(applyHead(foldStandardization(head, standardization), asked));
  } finally {
    await regression.dispose();
  }
}
