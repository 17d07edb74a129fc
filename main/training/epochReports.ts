import { createEncoder } from '../nn/createEncoder.ts';
import { createKnnMonitor } from './knnMonitor.ts';
import { createMonitorMeans } from './monitorMeans.ts';
import { rankMe } from './rankMe.ts';
import { readEncoder } from './readEncoder.ts';
import type { Monitors } from '../../shared/trainingEvents.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { TrainingRun } from './trainingRun.ts';

/** Sums up each epoch when it ends. */
export interface EpochReports {
  /** @param step steps done, the one that gave `monitors` and `outputs` included */
  add(step: number, monitors: Monitors, outputs: Tensors): Promise<void>;
  dispose(): Promise<void>;
}

export function createEpochReports(run: TrainingRun, spreadTarget: number): EpochReports {
  const { plan, job, report, signal } = run;
  const means = createMonitorMeans();
  const knn = createKnnMonitor(job.labelled, {
    ...run,
    encoder: createEncoder(plan.encoder),
    imageSize: plan.imageSize,
  });
  return {
    add: async (step, monitors, { gram }) => {
      means.add(monitors);
      if (step % plan.stepsPerEpoch !== 0) return;
      const epoch = step / plan.stepsPerEpoch;
      const knnAccuracy =
        job.labelled.slots.length < 2 ? null : await knn.measure(await readEncoder(run), signal);
      const rank = { rank: rankMe(gram), rankLimit: gram.shape[0] };
      await report({ kind: 'epoch', epoch, step, ...means.take(), spreadTarget, ...rank, knnAccuracy });
    },
    dispose: () => knn.dispose(),
  };
}
