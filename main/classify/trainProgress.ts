import { createProgressMeter, type ProgressMeter } from '../training/progressMeter.ts';
import type { ClassifierMode, TrainPhase, TrainProgress } from '../../shared/classifying.ts';
import type { TaskProgress } from './trainingTask.ts';

/** Milliseconds between two reports of one phase. */
const interval = 500;

/**
 * Turns every step into at most two reports a second, with rate and remaining time. The first and the last step of all
 * are always reported, and the first of each phase.
 * @param now milliseconds that never go back
 */
export function createTrainProgress(
  mode: ClassifierMode,
  report: (progress: TrainProgress) => void,
  now: () => number = () => performance.now(),
): (progress: TaskProgress) => void {
  let current: { phase: TrainPhase; meter: ProgressMeter } | null = null;
  let last = now();
  let reported = -Infinity;
  return ({ phase, step, totalSteps, loss, images }) => {
    const time = now();
    const entered = current?.phase !== phase;
    // What lay between two phases is no step.
    if (!current || entered) current = { phase, meter: createProgressMeter() };
    else current.meter.add((time - last) / 1000, 0);
    last = time;
    if (!entered && step < totalSteps && time - reported < interval) return;
    reported = time;
    const { stepSeconds } = current.meter;
    const known = stepSeconds > 0;
    report({
      mode,
      phase,
      step,
      totalSteps,
      loss,
      imagesPerSecond: known && images > 0 ? images / stepSeconds : null,
      etaSeconds: known ? (totalSteps - step) * stepSeconds : null,
    });
  };
}
