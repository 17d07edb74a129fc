import { createProgressMeter } from './progressMeter.ts';
import type { TrainingRun } from './trainingRun.ts';
import type { FinishedStep } from './trainingSteps.ts';

/** Tells how far a run is and how fast it goes. */
export interface ProgressReports {
  /** @param milliseconds that these steps took together, with all that was done between them */
  add(finished: readonly FinishedStep[], milliseconds: number): Promise<void>;
}

export function createProgressReports(run: TrainingRun): ProgressReports {
  const { plan, report, now, progressSeconds } = run;
  const { totalSteps, stepsPerEpoch, batchSize } = plan;
  const meter = createProgressMeter();
  let reportedAt = -Infinity;
  return {
    add: async (finished, milliseconds) => {
      for (const { waited } of finished) meter.add(milliseconds / finished.length / 1000, waited / 1000);
      const last = finished.at(-1);
      if (!last) return;
      const { step, outputs } = last;
      if (now() - reportedAt < progressSeconds * 1000 && step < totalSteps) return;
      reportedAt = now();
      await report({
        kind: 'progress',
        epoch: Math.ceil(step / stepsPerEpoch),
        step,
        totalSteps,
        loss: outputs.loss.data[0],
        imagesPerSecond: batchSize / meter.stepSeconds,
        etaSeconds: (totalSteps - step) * meter.stepSeconds,
        waitingShare: meter.waitingShare,
      });
    },
  };
}
