import { countsOfClasses, foldSplits, stratifiedFolds, stratifiedSplit, type Split } from './folds.ts';
import { applyHead, foldStandardization, standardize, type LinearHead } from './linearHead.ts';
import { createLogisticRegression, type LogisticRegression } from './logisticRegression.ts';
import { accuracyOf, crossEntropyOf } from './metrics.ts';
import type { Executor } from '../engine/execute/executor.ts';
import type { Features } from '../training/knn.ts';

export interface ProbeRequest {
  readonly executor: Executor;
  /** Of the labelled images, in inference mode, whole images. */
  readonly features: Features;
  /** Class of each row. */
  readonly labels: readonly number[];
  readonly classCount: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each fit, of which there are `total`. */
  readonly onFit?: ((done: number, total: number, loss: number) => void) | undefined;
}

export interface Probe {
  /** On raw features. */
  readonly head: LinearHead;
  /** The λ that was chosen. */
  readonly l2: number;
  /** What each λ gave on labels that were put aside; empty where no class had two. */
  readonly selection: readonly L2Trial[];
}

export interface L2Trial {
  readonly l2: number;
  /** Means over the splits. */
  readonly crossEntropy: number;
  readonly accuracy: number;
}

/** λ of features of deviation 1, strongest first so that each fit starts near its end. */
export const l2Grid = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001] as const;

/** Where nothing can be put aside to choose by. */
const fallbackL2 = 0.1;
const foldCount = 5;
/** With fewer labels in the smallest class one split says too little, and folds are used. */
const enoughForOneSplit = 20;

/**
 * Linear probe: multinomial logistic regression on the encoder's features, standardised on the training labels. λ is the
 * one with the lowest cross-entropy on labels put aside (of 100 labels 20 are too few to tell accuracies apart); then
 * all labels are learnt. Standardisation is folded into the head. Deterministic by the seed.
 */
export async function trainProbe(request: ProbeRequest): Promise<Probe> {
  const { executor, features, labels, classCount } = request;
  const regression = await createLogisticRegression(executor, features, labels, classCount);
  try {
    return await fitProbe(
      regression,
      request,
      Int32Array.from({ length: features.count }, (_, row) => row),
    );
  } finally {
    await regression.dispose();
  }
}

/** A split by which something is chosen, as row numbers of the whole. */
export function selectionSplits(labels: readonly number[], rows: Int32Array, seed: number): Split[] {
  const own = Array.from(rows, (row) => labels[row]);
  const counts = countsOfClasses(own);
  const splits =
    Math.min(...counts) >= enoughForOneSplit
      ? [stratifiedSplit(own, 0.2, seed)]
      : foldSplits(stratifiedFolds(own, foldCount, seed), foldCount);
  return splits
    .map(({ train, test }) => {
      const learnt = new Set(Array.from(train, (i) => own[i]));
      // A class of which nothing was learnt says nothing about λ.
      const measurable = test.filter((i) => learnt.has(own[i]));
      return { train: train.map((i) => rows[i]), test: measurable.map((i) => rows[i]) };
    })
    .filter(({ test }) => test.length > 0);
}

/**
 * The whole procedure of `trainProbe` on some rows of the regression's features: also what cross-validation repeats.
 */
export async function fitProbe(
  regression: LogisticRegression,
  request: ProbeRequest,
  rows: Int32Array,
): Promise<Probe> {
  const { features, labels, seed, signal, onFit } = request;
  const splits = selectionSplits(labels, rows, seed);
  const total = splits.length * l2Grid.length + 1;
  let done = 0;
  const fit = async (learnt: Int32Array, l2: number, start?: LinearHead): Promise<Fitted> => {
    const standardization = standardize(features, learnt);
    const fitted = await regression.fit({
      rows: learnt,
      standardization,
      l2,
      signal,
      ...(start && { start }),
    });
    onFit?.(++done, total, fitted.loss);
    return { standardized: fitted.head, raw: foldStandardization(fitted.head, standardization) };
  };
  const trials: L2Trial[][] = [];
  for (const { train, test } of splits) {
    const measure = (head: LinearHead, l2: number): L2Trial => measureHead(head, l2, features, labels, test);
    let start: LinearHead | undefined;
    const row: L2Trial[] = [];
    for (const l2 of l2Grid) {
      const { standardized, raw } = await fit(train, l2, start);
      start = standardized;
      row.push(measure(raw, l2));
    }
    trials.push(row);
  }
  const selection = meanTrials(trials);
  const l2 = bestTrial(selection)?.l2 ?? fallbackL2;
  return { head: (await fit(rows, l2)).raw, l2, selection };
}

interface Fitted {
  readonly standardized: LinearHead;
  readonly raw: LinearHead;
}

/** The given rows alone. */
export function featureRows({ data, size }: Features, rows: Int32Array): Features {
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, i) => picked.set(data.subarray(row * size, (row + 1) * size), i * size));
  return { data: picked, count: rows.length, size };
}

function measureHead(
  head: LinearHead,
  l2: number,
  features: Features,
  labels: readonly number[],
  test: Int32Array,
): L2Trial {
  const scores = applyHead(head, featureRows(features, test));
  const own = Array.from(test, (row) => labels[row]);
  return { l2, crossEntropy: crossEntropyOf(scores, own), accuracy: accuracyOf(scores, own) };
}

function meanTrials(trials: readonly (readonly L2Trial[])[]): L2Trial[] {
  if (trials.length === 0) return [];
  const mean = (of: 'crossEntropy' | 'accuracy', i: number): number =>
    trials.reduce((sum, row) => sum + row[i][of], 0) / trials.length;
  return l2Grid.map((l2, i) => ({
    l2,
    crossEntropy: mean('crossEntropy', i),
    accuracy: mean('accuracy', i),
  }));
}

function bestTrial(trials: readonly L2Trial[]): L2Trial | undefined {
  return trials.reduce<L2Trial | undefined>(
    (best, trial) => (best && best.crossEntropy <= trial.crossEntropy ? best : trial),
    undefined,
  );
}
