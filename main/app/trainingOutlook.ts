import { errorToPlain, genoiseError, type PlainError } from '../../shared/errors.ts';
import { fewestHeldOutLabels } from '../../shared/evaluation.ts';
import { estimateSeconds, usualSpeed } from './estimateTraining.ts';
import { trainingModes, type TrainingMode, type TrainingOutlook } from '../../shared/classifierRuns.ts';
import type { ClassCount } from '../../shared/labelling.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';

/** What can be trained now, how it would be measured, and how long that may take. */
export async function trainingOutlook({ read }: ReadOnlyLibrary): Promise<TrainingOutlook> {
  const [counts, pretrained, runs] = await Promise.all([
    read.countLabels(),
    read.latestPretrained(),
    read.listRuns(),
  ]);
  const classes = counts.filter(({ training, heldOut }) => training + heldOut > 0);
  // A held-out image of a class that nothing can be learnt of is not measured.
  const learnable = classes.filter(({ training }) => training > 0);
  const labels = sum(learnable.map(({ training }) => training));
  const heldOutLabels = sum(learnable.map(({ heldOut }) => heldOut));
  const measuredBy = measure(learnable, heldOutLabels);
  const speed = usualSpeed(runs);
  const amount = { labels, heldOutLabels, measuredBy };
  const seconds = Object.fromEntries(
    trainingModes.map((mode) => [mode, estimateSeconds(mode, amount, speed)]),
  ) as Record<TrainingMode, number | null>;
  return {
    classes,
    labels,
    heldOutLabels,
    pretraining: pretrained && {
      runId: pretrained.id,
      method: pretrained.method ?? '',
      encoder: pretrained.encoder,
    },
    measuredBy,
    seconds,
    problem: problemOf(classes, learnable, labels),
  };
}

/** By cross-validation every class needs two labels: one to learn from while the other one is measured. */
function measure(learnable: readonly ClassCount[], heldOut: number): TrainingOutlook['measuredBy'] {
  if (heldOut >= fewestHeldOutLabels) return 'held-out';
  return learnable.length > 1 && learnable.every(({ training }) => training > 1) ? 'cross-validation' : null;
}

function problemOf(
  classes: readonly ClassCount[],
  learnable: readonly ClassCount[],
  labels: number,
): PlainError | null {
  if (classes.length === 0) return errorToPlain(genoiseError('no-labels', {}));
  if (learnable.length < 2) {
    return errorToPlain(genoiseError('too-few-classes', { classes: learnable.map(({ name }) => name) }));
  }
  if (classes.length > labels) {
    return errorToPlain(genoiseError('more-classes-than-labels', { classes: classes.length, labels }));
  }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
