import type { ClassifierMode } from './classifying.ts';
import type { Evaluation, Proportion } from './evaluation.ts';
import type { ClassCount } from './labelling.ts';
import type { PlainError } from './errors.ts';
import type { ClassId, EvaluationId, ImageId, RunId, RunState } from './records.ts';

/** The ways to a classifier that a person can choose. */
export const trainingModes = ['probe', 'finetune', 'scratch'] as const;
export type TrainingMode = (typeof trainingModes)[number];

/** The training of a classifier, for the list of all of them. */
export interface ClassifierRun {
  readonly runId: RunId;
  readonly mode: ClassifierMode;
  readonly encoder: string;
  /** The pretraining whose encoder it starts from; null for those that start from nothing. */
  readonly pretraining: { readonly runId: RunId; readonly method: string } | null;
  readonly state: RunState;
  /** Sentence of the failure. */
  readonly error: string | null;
  /** Whether there is a classifier to export. */
  readonly trained: boolean;
  /** Learnt from, and held out; null for runs of versions that did not write it down. */
  readonly labels: number | null;
  readonly heldOutLabels: number | null;
  /** The newest measurement on the project's own images. */
  readonly measured: {
    readonly on: 'held-out' | 'cross-validation';
    readonly top1: Proportion;
    readonly top5: Proportion | null;
    readonly measuredAt: number;
  } | null;
  /** Share of the images learnt from that it answers rightly. */
  readonly trainingAccuracy: number | null;
  /** Classes of which nothing could be learnt, since all that have it are held out. */
  readonly classesLeftOut: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number | null;
}

export interface ClassifierMeasurement {
  readonly id: EvaluationId;
  /** `held-out`, `cross-validation`, or the test folder's path. */
  readonly on: string;
  readonly measuredAt: number;
  readonly evaluation: Evaluation;
}

export interface ClassifierDetails {
  readonly run: ClassifierRun;
  /** In the order of the classifier's outputs, as is everything in its measurements. */
  readonly classIds: readonly ClassId[];
  /** Oldest first. Their class names are those of the time. */
  readonly measurements: readonly ClassifierMeasurement[];
  /** Measured images whose label is another one by now: the numbers are older than the labels. */
  readonly relabelled: number;
}

/** What a classifier answered to one image that it was measured on. */
export interface Answer {
  readonly imageId: ImageId;
  readonly displayName: string;
  readonly labelClassId: ClassId;
  readonly answerClassId: ClassId;
  /** The answer's probability, 0 … 1. */
  readonly confidence: number;
  readonly labelNow: ClassId | null;
}

export interface AnswerList {
  /** The most confident first, the first so many. */
  readonly answers: readonly Answer[];
  readonly total: number;
}

/** What can be trained now, from what, and how long that may take. */
export interface TrainingOutlook {
  /** Classes with labels. */
  readonly classes: readonly ClassCount[];
  /** Labelled images to learn from, and held out. */
  readonly labels: number;
  readonly heldOutLabels: number;
  /** The encoder that is there to start from. */
  readonly pretraining: { readonly runId: RunId; readonly method: string; readonly encoder: string } | null;
  /** How a classifier would be measured; null where nothing can be said. */
  readonly measuredBy: 'held-out' | 'cross-validation' | null;
  /** Seconds, roughly; null where nothing was computed yet that would tell. */
  readonly seconds: Readonly<Record<TrainingMode, number | null>>;
  /** Why nothing can be trained yet. */
  readonly problem: PlainError | null;
}
