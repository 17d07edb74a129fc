import { describe, expect, it } from 'vitest';
import { learningRateAt, peakLearningRate } from '../../../main/nn/schedule.ts';
import type { SgdSettings } from '../../../main/nn/optimizers.ts';

const sgd: SgdSettings = {
  name: 'sgd',
  learningRate: 0.06,
  perBatch: 128,
  weightDecay: 0,
  momentum: 0.9,
  nesterov: false,
};

describe('peakLearningRate', () => {
  it('scales linearly with the batch', () => expect(peakLearningRate(sgd, 512)).toBeCloseTo(0.24, 12));
  it('stays where no batch size is given', () =>
    expect(peakLearningRate({ ...sgd, perBatch: null }, 512)).toBe(0.06));
});

describe('learningRateAt', () => {
  const at = (step: number): number =>
    learningRateAt({ step, totalSteps: 104, warmupSteps: 4, peak: 1, final: 0.1 });

  it('warms up in equal steps from above zero', () => {
    expect([0, 1, 2, 3, 4].map(at)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('falls as a cosine to its final value', () => {
    expect(at(54)).toBeCloseTo(0.55, 12);
    expect(at(29)).toBeCloseTo(0.1 + 0.45 * (1 + Math.SQRT1_2), 12);
    expect(at(104)).toBeCloseTo(0.1, 12);
    expect(at(500)).toBeCloseTo(0.1, 12);
  });

  it('starts at the peak without warm-up', () =>
    expect(learningRateAt({ step: 0, totalSteps: 1, warmupSteps: 0, peak: 0.3 })).toBe(0.3));

  it('stays finite where the run is all warm-up', () =>
    expect(learningRateAt({ step: 5, totalSteps: 5, warmupSteps: 5, peak: 0.3 })).toBe(0.3));
});
