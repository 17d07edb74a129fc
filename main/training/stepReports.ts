import { genoiseError } from '../../shared/errors.ts';
import { createEnergyReports } from './energyReports.ts';
import { createEpochReports } from './epochReports.ts';
import { createHealthWatch } from './healthWatch.ts';
import { monitorsOf } from './monitors.ts';
import type { TrainingRun } from './trainingRun.ts';
import type { FinishedStep } from './trainingSteps.ts';

/** Tells what comes of each step: health, epochs, energies. */
export interface StepReports {
  /** @throws training-diverged */
  add(finished: readonly FinishedStep[]): Promise<void>;
  dispose(): Promise<void>;
}

export function createStepReports(run: TrainingRun): StepReports {
  const { plan, start, report } = run;
  const spreadTarget = 1 / Math.sqrt(start.built.embeddingSize);
  const chanceLoss = start.method.chanceLoss(plan.method.settings, plan.batchSize);
  const health = createHealthWatch(plan, { spreadTarget, chanceLoss });
  const epochs = createEpochReports(run, spreadTarget);
  const energies = createEnergyReports(run);
  return {
    add: async (finished) => {
      for (const { step, outputs } of finished) {
        const monitors = monitorsOf(outputs);
        if (!Number.isFinite(monitors.loss)) {
          throw genoiseError('training-diverged', { step, quantity: 'loss' });
        }
        const judged = health.look(step, monitors, outputs.gram);
        if (judged) await report({ kind: 'health', step, ...judged });
        await epochs.add(step, monitors, outputs);
        await energies.add(step, outputs);
      }
    },
    dispose: () => epochs.dispose(),
  };
}
