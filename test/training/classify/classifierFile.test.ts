import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  readClassifier,
  writeClassifier,
  type ClassifierMetadata,
} from '../../../main/training/classifierFile.ts';
import { temporaryFolder } from '../../helpers/temporaryFolder.ts';

const metadata: ClassifierMetadata = {
  runId: 7,
  mode: 'probe',
  classes: ['Äpfel', 'pears "green"'],
  encoder: { name: 'resnet18', width: 0.25, stem: 'small' },
  imageSize: 32,
  slotSize: 32,
  parentRunId: 3,
  labelCount: 12,
  seed: 1,
  evaluation: null,
  report: { l2: 0.1 },
  savedAt: '2026-01-01T00:00:00.000Z',
  appVersion: '0.1.0',
};
const weights = {
  'classifier.weight': { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  'classifier.bias': { dtype: 'float32', shape: [2], data: Float32Array.of(-1, 1) },
} as const;

describe('a classifier’s file', () => {
  let [folder, path] = ['', ''];
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'classifier.safetensors');
    writeClassifier(path, { metadata, weights });
  });

  it('gives back what was written', () => {
    expect(readClassifier(path)).toEqual({ metadata, weights });
  });

  it('is refused when a byte of it changed', () => {
    const bytes = readFileSync(path);
    bytes[bytes.length - 2] ^= 1;
    const damaged = join(folder, 'damaged.safetensors');
    writeFileSync(damaged, bytes);
    expect(() => readClassifier(damaged)).toThrow(expect.objectContaining({ code: 'checkpoint-corrupted' }));
  });

  it('is told from a file that is not there', () => {
    const missing = join(folder, 'missing.safetensors');
    expect(() => readClassifier(missing)).toThrow(expect.objectContaining({ code: 'cannot-read' }));
  });
});
