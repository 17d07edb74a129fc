/**
 * What is measured of a classifier. Plain data, so that it is stored, sent and printed as it is; types and not
 * interfaces, so that it passes for `Json`.
 */

/** A share of n cases with its 95 % Wilson interval, all between 0 and 1. */
export type Proportion = {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
};

export type ClassEvaluation = {
  readonly name: string;
  /** Images of this class. */
  readonly n: number;
  /** Of the images of this class, those that were recognised; null without any. */
  readonly recall: Proportion | null;
  /** Of the images that were given this class, those that are of it; null without any. */
  readonly precision: Proportion | null;
};

export type Evaluation = {
  /** Images measured. */
  readonly n: number;
  readonly classes: readonly string[];
  readonly top1: Proportion;
  /** Null where there are no more than 5 classes. */
  readonly top5: Proportion | null;
  readonly perClass: readonly ClassEvaluation[];
  /** Row: the true class; column: the class that was answered. Counts. */
  readonly confusion: readonly (readonly number[])[];
};

/** What was answered to single images, in the order in which they were given. */
export interface Answers {
  /** Numbers of classes. */
  readonly predicted: Int32Array;
  /** Probability of each answer, 0 … 1. */
  readonly confidence: Float64Array;
}

/**
 * On what was measured. `cross-validation`: over the labelled images themselves, each answered by a classifier that was
 * trained without it, since too few held-out images have labels.
 */
export type MeasuredOn = 'held-out' | 'cross-validation' | 'test-folder';

/** With fewer labelled held-out images than this, cross-validation is shown instead. */
export const fewestHeldOutLabels = 30;
