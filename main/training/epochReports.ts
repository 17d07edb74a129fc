import { resnet } from '../nn/resnet.ts';
import { createKnnMonitor } from './knnMonitor.ts';
import { createMonitorMeans } from './monitorMeans.ts';
import { readEncoder } from './readEncoder.ts';
import type { Monitors } from '../../shared/trainingEvents.ts';
import type { TrainingRun } from './trainingRun.ts';

/** Sums up each epoch when it ends. */
export interface EpochReports {
  /** @param step steps done, this one included */
  add(step: number, monitors: Monitors): Promise<void>;
  dispose(): Promise<void>;
}

export function createEpochReports(run: TrainingRun, spreadTarget: number): EpochReports {
  const { plan, job, report, signal } = run;
  const means = createMonitorMeans();
  const knn = createKnnMonitor(job.labelled, {
    ...run,
    encoder: resnet(plan.encoder),
    imageSize: plan.imageSize,
  });
  return {
    add: async (step, monitors) => {
      means.add(monitors);
      if (step % plan.stepsPerEpoch !== 0) return;
      const epoch = step / plan.stepsPerEpoch;
      const knnAccuracy =
        job.labelled.slots.length < 2 ? null : await knn.measure(await readEncoder(run), signal);
      await report({ kind: 'epoch', epoch, step, ...means.take(), spreadTarget, knnAccuracy });
    },
    dispose: () => knn.dispose(),
  };
}
