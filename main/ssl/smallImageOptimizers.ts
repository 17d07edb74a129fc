import type { AdamWSettings, SgdSettings } from '../nn/optimizers.ts';

/** SGD as the published recipes for 32 px have it; the rate is for 128 images a step. */
export function smallImageSgd(learningRate: number): SgdSettings {
  return { name: 'sgd', learningRate, perBatch: 128, weightDecay: 5e-4, momentum: 0.9, nesterov: false };
}

/**
 * AdamW for methods whose published recipes for 32 px are made for hundreds of epochs or thousands of images a step: in
 * runs of a few epochs they hardly learn by those. It does not look at the scale of a loss either.
 * @param perBatch images a step for which the rate is meant
 */
export function smallImageAdamW(learningRate: number, weightDecay: number, perBatch = 128): AdamWSettings {
  return { name: 'adamw', learningRate, perBatch, weightDecay, betas: [0.9, 0.999], epsilon: 1e-8 };
}
