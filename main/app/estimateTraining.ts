import type { TrainingMode, TrainingOutlook } from '../../shared/classifierRuns.ts';
import type { RunRow } from '../../shared/records.ts';

type Amount = Pick<TrainingOutlook, 'labels' | 'heldOutLabels' | 'measuredBy'>;

/** Forward and backward passes, in forward passes. */
const training = 3;
/** Views that a pretraining makes of an image. */
const views = 2;
/** Of cross-validation. */
const folds = 5;
/** Starting the worker, reading and writing. */
const fixedSeconds = 5;

/**
 * Images that pass the encoder forward in a training, roughly: by the recipes of classify/finetune and
 * classify/scratch. What it is measured on comes on top.
 */
export function workOf(mode: TrainingMode, { labels, heldOutLabels, measuredBy }: Amount): number {
  const crossed = measuredBy === 'cross-validation';
  const measured = crossed ? 0 : heldOutLabels;
  if (mode === 'probe') return labels + measured;
  if (mode === 'finetune') {
    const batch = Math.min(64, Math.max(16, labels / 4));
    const epochs = labels < 500 ? 60 : labels < 5000 ? 30 : 20;
    const once = training * Math.max(400 * batch, epochs * labels) + labels;
    return once * (crossed ? 1 + 0.8 * folds : 1) + labels + measured;
  }
  const batch = Math.min(128, Math.max(16, 8 * Math.round(labels / 256)));
  const once = training * Math.max(2000 * batch, 128 * labels);
  return once * (crossed ? 1 + folds : 1) + training * 3 * 400 * batch + measured;
}

/** Images that pass an encoder forward in a second, as the newest runs had it; null before any. */
export function usualSpeed(runs: readonly RunRow[]): number | null {
  const speeds = runs.map(speedOf).filter((speed) => speed !== null);
  return speeds.at(-1) ?? null;
}

function speedOf({ kind, state, settings, startedAt, endedAt, doneSteps }: RunRow): number | null {
  // An interrupted run's time is not the time that it worked.
  if (state !== 'done' || endedAt === null || endedAt <= startedAt) return null;
  const seconds = (endedAt - startedAt) / 1000;
  const known = settings as unknown as {
    readonly plan?: { readonly batchSize?: number };
    readonly labels?: number;
    readonly heldOutLabels?: number;
    readonly measuredBy?: TrainingOutlook['measuredBy'];
    readonly report?: { readonly settings?: { readonly batchSize?: number } };
  };
  if (kind === 'pretrain') {
    const batch = known.plan?.batchSize;
    return batch === undefined ? null : (doneSteps * batch * views * training) / seconds;
  }
  const { labels, heldOutLabels = 0, measuredBy = null } = known;
  // A probe is over too soon to tell a speed.
  if ((kind !== 'finetune' && kind !== 'scratch') || labels === undefined || seconds < 2 * fixedSeconds)
    return null;
  const batch = known.report?.settings?.batchSize;
  const crossed = measuredBy === 'cross-validation';
  // The steps that were done tell more than the recipe; those of the folds are not counted.
  const work =
    batch === undefined || crossed
      ? workOf(kind, { labels, heldOutLabels, measuredBy })
      : training * doneSteps * batch;
  return work / (seconds - fixedSeconds);
}

/** @param speed of `usualSpeed` @returns null where it cannot be told */
export function estimateSeconds(mode: TrainingMode, amount: Amount, speed: number | null): number | null {
  return speed === null ? null : fixedSeconds + workOf(mode, amount) / speed;
}
