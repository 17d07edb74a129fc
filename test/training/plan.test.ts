import { describe, expect, it } from 'vitest';
import { moco } from '../../main/ssl/moco.ts';
import { simclr } from '../../main/ssl/simclr.ts';
import { planEpochs, planPretraining, planSteps, type PlanRequest } from '../../main/training/plan.ts';
import {
  defaultBatch,
  defaultEpochs,
  defaultImageSize,
  fittingBatch,
} from '../../main/training/planDefaults.ts';
import type { GenoiseError } from '../../shared/errors.ts';

const request: PlanRequest = {
  method: simclr,
  settings: {},
  encoder: { name: 'resnet18', width: 0.125 },
  preset: 'natural',
  seed: 1,
  imageCount: 1000,
  slotSize: 32,
  memoryBytes: 8e9,
  imageSize: null,
  batchSize: null,
  learningRate: null,
};
const plan = (changes: Partial<PlanRequest>): ReturnType<typeof planPretraining> =>
  planPretraining({ ...request, ...changes });

function failure(changes: Partial<PlanRequest>): GenoiseError {
  try {
    plan(changes);
  } catch (error) {
    return error as GenoiseError;
  }
  throw new Error('no error');
}

describe('the defaults', () => {
  it('choose the image size from the slots', () => {
    expect([16, 32, 64, 72, 96, 128, 192, 256].map(defaultImageSize)).toEqual([
      16, 32, 64, 64, 96, 96, 96, 128,
    ]);
  });

  it('choose the batch from the images', () => {
    expect([2, 3, 20, 300, 1000, 1e6].map((count) => defaultBatch(count, 256))).toEqual([
      2, 2, 16, 32, 64, 256,
    ]);
  });

  it('give few images more epochs', () => {
    expect([100, 10_000, 1e6].map(defaultEpochs)).toEqual([200, 100, 20]);
  });

  it('find the largest power of two that fits', () => {
    const needs = (batch: number): number => 10 * batch;
    expect(fittingBatch(100, 2, 2000, needs)).toBe(100);
    expect(fittingBatch(100, 2, 700, needs)).toBe(64);
    expect(fittingBatch(64, 2, 250, needs)).toBe(16);
    expect(fittingBatch(64, 2, 19, needs)).toBeNull();
  });
});

describe('planPretraining', () => {
  it('takes recipe and stem from the size of the images', () => {
    expect(plan({})).toMatchObject({
      scale: 'small',
      imageSize: 32,
      encoder: { stem: 'small' },
      batchSize: 64,
    });
    expect(plan({ imageSize: 64 })).toMatchObject({ scale: 'large', encoder: { stem: 'standard' } });
  });

  it('scales the learning rate by the batch', () => {
    const { peakLearningRate } = plan({ batchSize: 64, learningRate: 0.2 });
    expect(peakLearningRate).toBeCloseTo(0.1);
  });

  it('counts whole batches, and warms up for at most a tenth of the run', () => {
    const draft = plan({ batchSize: 64, imageSize: 64 });
    expect(draft.warmupEpochs).toBe(10);
    expect(planEpochs(draft, 200)).toMatchObject({ stepsPerEpoch: 15, totalSteps: 3000, warmupSteps: 150 });
    expect(planSteps(draft, 100).warmupSteps).toBe(10);
  });

  it('takes a smaller batch where memory is short', () => {
    const { batchSize } = plan({ imageCount: 4000, memoryBytes: 400e6 });
    expect(batchSize).toBeGreaterThanOrEqual(2);
    expect(batchSize).toBeLessThan(128);
  });

  it('names the largest batch that fits when too large a one is asked for', () => {
    const error = failure({ batchSize: 512, memoryBytes: 400e6 });
    expect(error).toMatchObject({ code: 'batch-too-large', details: { batch: 512 } });
    const suggestion = Number(error.details.suggestion);
    expect(plan({ batchSize: suggestion, memoryBytes: 400e6 }).batchSize).toBe(suggestion);
    expect(failure({ batchSize: 2 * suggestion, memoryBytes: 400e6 }).code).toBe('batch-too-large');
  });

  it('refuses what cannot be a batch', () => {
    expect(failure({ batchSize: 1 }).code).toBe('batch-too-small');
    expect(failure({ imageCount: 1 }).code).toBe('batch-too-small');
    expect(failure({ imageCount: 20, batchSize: 32 })).toMatchObject({
      code: 'batch-too-large',
      details: { suggestion: 20 },
    });
    expect(failure({ memoryBytes: 1e6 }).code).toBe('out-of-memory');
  });

  it('refuses settings that the method does not have, or of another type', () => {
    expect(plan({ settings: { temperature: 0.2 } }).method.settings).toMatchObject({ temperature: 0.2 });
    expect(failure({ settings: { queueSize: 5 } }).code).toBe('invalid-option');
    expect(failure({ settings: { temperature: 'hot' } }).code).toBe('invalid-option');
  });
});

describe('limits', () => {
  it('keep MoCo’s queue shorter than the training set', () => {
    const { settings } = plan({ method: moco, imageCount: 1000 }).method;
    expect(settings).toMatchObject({ queueSize: 500 });
    expect(plan({ method: moco, imageCount: 1e6 }).method.settings).toMatchObject({ queueSize: 4096 });
  });

  it('refuse views larger than any image that is stored', () => {
    expect(failure({ imageSize: 4096 })).toMatchObject({ code: 'invalid-option' });
    expect(failure({ imageSize: 4 })).toMatchObject({ code: 'invalid-option' });
  });

  it('say that memory is short where no batch fits, instead of naming one', () => {
    expect(failure({ batchSize: 64, memoryBytes: 1e6 })).toMatchObject({ code: 'out-of-memory' });
  });
});
