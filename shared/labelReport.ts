import { wilsonProportion } from './wilsonProportion.ts';
import type { ClassifierMode } from './classifying.ts';
import type { Proportion } from './evaluation.ts';

/** A way to make a classifier; `pixels` is logistic regression on the pixels themselves. */
export type ReportMode = ClassifierMode | 'pixels';

/** What a report compares, in the order of its rows. */
export const reportModes = ['scratch', 'random-encoder', 'probe', 'finetune'] as const satisfies ReportMode[];

/** Shares of the labels that are compared, and how often labels are drawn for each but all of them. */
export const comparedShares = { fractions: [0.01, 0.1, 1], draws: 3 } as const;

/** One classifier that was trained on a share of the labels and measured on all held-out ones. A type, to pass for `Json`. */
export type ReportCell = {
  readonly mode: ReportMode;
  /** Of each class's labels, above 0 and at most 1. */
  readonly fraction: number;
  /** Which labels were drawn, from 1. */
  readonly draw: number;
  /** Labels learnt from. */
  readonly labels: number;
  readonly top1: Proportion;
  /** Null where there are no more than 5 classes. */
  readonly top5: Proportion | null;
  readonly seconds: number;
};

/** What classifiers from shares of the labels reach, side by side. */
export interface LabelReport {
  /** The pretraining that the probe and the fine-tuning start from; null: there is none. */
  readonly pretraining: { readonly runId: number; readonly method: string } | null;
  readonly encoder: string;
  /** Held-out images with a label: every cell is measured on these. */
  readonly heldOut: number;
  /** The smallest first. */
  readonly fractions: readonly number[];
  /** How often labels are drawn for a share; all of them are there only once. */
  readonly draws: number;
  readonly cells: readonly ReportCell[];
  /** How many cells it will have. */
  readonly planned: number;
}

/** Several draws of one share together. */
export interface ReportSummary {
  readonly draws: number;
  /** Labels learnt from, the same in every draw. */
  readonly labels: number;
  readonly top1: DrawnShare;
  readonly top5: DrawnShare | null;
}

/**
 * The mean of the draws, with its interval as if it were one measurement: all draws share the held-out images, so that
 * more draws do not make it narrower.
 */
export interface DrawnShare extends Proportion {
  /** Standard deviation of the draws (n − 1); 0 for a single one. */
  readonly deviation: number;
}

/** A share of the labels for people: `10 %`, `0.25 %`. */
export function formatFraction(fraction: number): string {
  return `${Number((fraction * 100).toFixed(2))} %`;
}

/** Shares in a row, as a sentence has them: `1 %, 10 % and all`. */
export function listFractions(fractions: readonly number[]): string {
  const words = fractions.map((fraction) => (fraction === 1 ? 'all' : formatFraction(fraction)));
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Null where no cell of this way and share is there. */
export function summariseCells(
  cells: readonly ReportCell[],
  mode: ReportMode,
  fraction: number,
): ReportSummary | null {
  const own = cells.filter((cell) => cell.mode === mode && cell.fraction === fraction);
  if (own.length === 0) return null;
  const top5 = own.map((cell) => cell.top5).filter((share) => share !== null);
  return {
    draws: own.length,
    labels: own[0].labels,
    top1: together(own.map((cell) => cell.top1)),
    top5: top5.length === own.length ? together(top5) : null,
  };
}

function together(shares: readonly Proportion[]): DrawnShare {
  const values = shares.map(({ value }) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  const [{ n }] = shares;
  return { ...wilsonProportion(mean * n, n), deviation };
}
