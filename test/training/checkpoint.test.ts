import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  encoderWeights,
  readCheckpoint,
  writeCheckpoint,
  type CheckpointMetadata,
} from '../../main/training/checkpoint.ts';
import {
  checkpointPath,
  checkpointSteps,
  newestCheckpoint,
  prepareCheckpointFolder,
  pruneCheckpoints,
} from '../../main/training/checkpointFolder.ts';
import { saveCheckpoint } from '../../main/training/saveCheckpoint.ts';
import { writeAll, type ByteWriter } from '../../main/training/writeFileAtomically.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import type { PretrainingPlan } from '../../main/training/plan.ts';

const plan: PretrainingPlan = {
  method: { name: 'simclr', settings: { temperature: 0.5 } },
  encoder: { name: 'resnet18', width: 0.25, stem: 'small' },
  scale: 'small',
  preset: 'natural',
  optimizer: {
    name: 'sgd',
    learningRate: 0.1,
    perBatch: null,
    weightDecay: 0,
    momentum: 0.9,
    nesterov: false,
  },
  peakLearningRate: 0.1,
  seed: 1,
  sampleCount: 32,
  slotSize: 16,
  imageSize: 16,
  batchSize: 8,
  stepsPerEpoch: 4,
  warmupEpochs: 0,
  totalSteps: 8,
  warmupSteps: 0,
};

function metadataAt(step: number): CheckpointMetadata {
  return {
    runId: 3,
    kind: 'pretrain',
    step,
    plan,
    samplesHash: 'abc',
    savedAt: '2026-01-01T00:00:00.000Z',
    appVersion: '0.1.0',
  };
}

const state = {
  'encoder.conv1.weight': { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) },
  queue: { dtype: 'float32', shape: [1], data: Float32Array.of(4) },
} as const;

const diskFull: ByteWriter = (file, bytes) => {
  writeAll(file, bytes.subarray(0, bytes.length / 2));
  throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
};

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const save = (step: number, write: ByteWriter = writeAll): string =>
  saveCheckpoint(folder, metadataAt(step), state, write).path;

describe('checkpoint', () => {
  it('holds everything that it says about itself', () => {
    const path = join(folder, 'a.safetensors');
    writeCheckpoint(path, { metadata: metadataAt(5), state });
    expect(readCheckpoint(path)).toEqual({ metadata: metadataAt(5), state });
  });

  it('is reported damaged when cut off or changed, with its path', () => {
    const path = save(5);
    const whole = readFileSync(path);
    truncateSync(path, whole.length - 3);
    expect(() => readCheckpoint(path)).toThrow(expect.objectContaining({ code: 'checkpoint-corrupted' }));
    whole[whole.length - 1] ^= 16;
    writeFileSync(path, whole);
    expect(() => readCheckpoint(path)).toThrow(/contents are not what was written/);
    writeFileSync(path, 'not at all a checkpoint');
    expect(() => readCheckpoint(path)).toThrow(expect.objectContaining({ code: 'checkpoint-corrupted' }));
  });

  it('gives its encoder alone, and only as the encoder it is', () => {
    const path = save(5);
    const checkpoint = readCheckpoint(path);
    expect(Object.keys(encoderWeights(path, checkpoint))).toEqual(['encoder.conv1.weight']);
    expect(() => encoderWeights(path, checkpoint, { ...plan.encoder, width: 1 })).toThrow(
      expect.objectContaining({ code: 'checkpoint-other-architecture' }),
    );
  });

  it('leaves the last one untouched, and nothing else, when the disk is full', () => {
    const path = save(4);
    const before = readFileSync(path);
    expect(() => save(4, diskFull)).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(() => save(8, diskFull)).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(readdirSync(folder)).toEqual(['step-000000004.safetensors']);
    expect(readFileSync(path)).toEqual(before);
  });

  it('is not written of a state that is no longer finite', () => {
    const bad = { ...state, queue: { ...state.queue, data: Float32Array.of(NaN) } };
    expect(() => saveCheckpoint(folder, metadataAt(4), bad, writeAll)).toThrow(
      expect.objectContaining({ code: 'training-diverged' }),
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a run’s folder of checkpoints', () => {
  it('keeps the two newest', () => {
    for (const step of [0, 4, 1000, 8]) save(step);
    expect(checkpointSteps(folder)).toEqual([1000, 8]);
    pruneCheckpoints(folder, 1);
    expect(checkpointSteps(folder)).toEqual([1000]);
  });

  it('loses what a killed process was still writing', () => {
    save(4);
    writeFileSync(join(folder, '.step-000000008.safetensors.partial'), 'half');
    prepareCheckpointFolder(folder);
    expect(readdirSync(folder)).toEqual(['step-000000004.safetensors']);
  });

  it('falls back to the one before where the newest is damaged, and says so', () => {
    save(4);
    truncateSync(save(8), 40);
    const found = newestCheckpoint(folder);
    expect(found?.checkpoint.metadata.step).toBe(4);
    expect(found?.skipped).toEqual([expect.stringContaining('step-000000008')]);
  });

  it('has none, or only damaged ones: two different things', () => {
    expect(newestCheckpoint(folder)).toBeNull();
    expect(newestCheckpoint(join(folder, 'absent'))).toBeNull();
    mkdirSync(folder, { recursive: true });
    writeFileSync(checkpointPath(folder, 8), '');
    expect(() => newestCheckpoint(folder)).toThrow(expect.objectContaining({ code: 'checkpoint-corrupted' }));
  });
});
