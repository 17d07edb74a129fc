import { createProgressMeter } from './progressMeter.ts';
import type { TrainingRun } from './trainingRun.ts';

/** Tells how far a run is and how fast it goes. */
export interface ProgressReports {
  /**
   * @param step steps done, this one included
   * @param milliseconds that the step took, of which `waited` for its batch
   */
  add(step: number, loss: number, milliseconds: number, waited: number): Promise<void>;
}

export function createProgressReports(run: TrainingRun): ProgressReports {
  const { plan, report, now, progressSeconds } = run;
  const { totalSteps, stepsPerEpoch, batchSize } = plan;
  const meter = createProgressMeter();
  let reportedAt = -Infinity;
  return {
    add: async (step, loss, milliseconds, waited) => {
      meter.add(milliseconds / 1000, waited / 1000);
      if (now() - reportedAt < progressSeconds * 1000 && step < totalSteps) return;
      reportedAt = now();
      await report({
        kind: 'progress',
        epoch: Math.ceil(step / stepsPerEpoch),
        step,
        totalSteps,
        loss,
        imagesPerSecond: batchSize / meter.stepSeconds,
        etaSeconds: (totalSteps - step) * meter.stepSeconds,
        waitingShare: meter.waitingShare,
      });
    },
  };
}
