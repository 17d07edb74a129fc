import type { PretrainJob } from '../../shared/trainingEvents.ts';
import type { StepProgram } from '../engine/execute/executor.ts';
import type { PixelStore } from '../importer/pixelStore.ts';
import type { BatchReader } from './batchReader.ts';
import type { PretrainingPlan } from './plan.ts';
import type { RunStart } from './pretrainSetup.ts';
import type { TrainingHost } from './trainingHost.ts';

/** A run that is set up and may begin. */
export interface TrainingRun extends Required<TrainingHost> {
  readonly job: PretrainJob;
  readonly store: PixelStore;
  readonly start: RunStart;
  readonly plan: PretrainingPlan;
  readonly program: StepProgram;
  readonly batches: BatchReader;
}
