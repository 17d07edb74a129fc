import { peakLearningRate } from '../nn/schedule.ts';
import { accuracyOf } from './metrics.ts';
import { classifierScores } from './classifierScores.ts';
import { createClassifierTrainer } from './classifierTrainer.ts';
import { headTensors, type LinearHead } from './linearHead.ts';
import { withFreshNormStatistics } from './normStatistics.ts';
import { supervisedView } from './supervisedView.ts';
import { createStepCounter, type TrainedClassifier, type TrainingTask } from './trainingTask.ts';
import type { Tensors } from '../engine/execute/executor.ts';
import type { SgdSettings } from '../nn/optimizers.ts';

export type FineTuneSettings = {
  readonly batchSize: number;
  readonly steps: number;
  /** Of the backbone at 256 images a step; scaled linearly. */
  readonly learningRate: number;
  readonly headLearningRateScale: number;
  /** Least share of the image's area that a crop keeps. */
  readonly smallestCrop: number;
};

/**
 * The recipe for n labels: what the published ones have in common (no weight decay, a faster head, weak augmentation,
 * 20 to 60 epochs), with batches that small label sets allow.
 */
export function fineTuneDefaults(labelCount: number): FineTuneSettings {
  const batchSize = Math.min(64, Math.max(16, Math.floor(labelCount / 4)));
  const epochs = labelCount < 500 ? 60 : labelCount < 5000 ? 30 : 20;
  return {
    batchSize,
    steps: Math.max(400, Math.round((epochs * labelCount) / batchSize)),
    learningRate: 0.1,
    headLearningRateScale: 3,
    smallestCrop: 0.3,
  };
}

export interface FineTuneRequest extends TrainingTask {
  /** The pretrained encoder: `encoder.…`. */
  readonly encoderWeights: Tensors;
  /** Where the linear layer starts: the probe's solution. */
  readonly head: LinearHead;
  readonly settings: FineTuneSettings;
}

/**
 * Fine-tunes encoder and linear layer together: SGD with Nesterov momentum 0.9, no weight decay, half a cosine.
 * @throws training-diverged; the signal's reason when aborted
 */
export async function fineTune(request: FineTuneRequest): Promise<TrainedClassifier> {
  const { settings, imageSize, labelled, encoderWeights, head } = request;
  const { batchSize, steps, smallestCrop } = settings;
  const optimizer: SgdSettings = {
    name: 'sgd',
    learningRate: settings.learningRate,
    perBatch: 256,
    weightDecay: 0,
    momentum: 0.9,
    nesterov: true,
  };
  const trainer = await createClassifierTrainer({
    ...request,
    ...settings,
    optimizer,
    recipe: supervisedView(imageSize, smallestCrop),
  });
  const counter = createStepCounter(request, steps, batchSize);
  try {
    await trainer.reset({ ...encoderWeights, ...headTensors(head) });
    const peak = peakLearningRate(optimizer, batchSize);
    await trainer.run({ labelled, steps, peak, number: 0, onStep: counter.phase('training') });
    const { slots, classes } = labelled;
    const weights = await withFreshNormStatistics(await trainer.weights(), { ...request, slots });
    const scores = await classifierScores({ ...request, weights }, slots);
    return { weights, steps: counter.done, trainingAccuracy: accuracyOf(scores, classes) };
  } finally {
    await trainer.dispose();
  }
}
