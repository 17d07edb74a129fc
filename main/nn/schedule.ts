import type { OptimizerSettings } from './optimizers.ts';

/** The highest learning rate of a run: `learningRate`, scaled linearly with the batch where the settings say so. */
export function peakLearningRate(settings: OptimizerSettings, batchSize: number): number {
  const { learningRate, perBatch } = settings;
  return perBatch === null ? learningRate : (learningRate * batchSize) / perBatch;
}

export interface LearningRatePosition {
  /** 0 … totalSteps − 1. */
  readonly step: number;
  readonly totalSteps: number;
  readonly warmupSteps: number;
  readonly peak: number;
  /** Where the cosine would end after the last step; 0 unless given. */
  readonly final?: number;
}

/**
 * Linear warm-up, then half a cosine (Loshchilov & Hutter 2017, equation 5, without restarts). Warm-up step i of w has
 * peak·(i + 1)/(w + 1), so that no step is wasted on a rate of 0 and the first step after it has `peak`.
 */
export function learningRateAt({
  step,
  totalSteps,
  warmupSteps,
  peak,
  final = 0,
}: LearningRatePosition): number {
  if (step < warmupSteps) return (peak * (step + 1)) / (warmupSteps + 1);
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  return final + ((peak - final) * (1 + Math.cos(Math.PI * progress))) / 2;
}
