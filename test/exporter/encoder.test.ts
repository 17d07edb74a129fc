import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportFileNames } from '../../main/exporter/exportFolder.ts';
import { exportModel, type ExportTools } from '../../main/exporter/exportModel.ts';
import { openExportedModel } from '../../main/exporter/exportedModel.ts';
import { writeCheckpoint } from '../../main/training/checkpoint.ts';
import { decodeSafetensors } from '../../main/training/safetensors.ts';
import { askAppWith } from '../../main/worker/runExport.ts';
import { debianPython3, describeWith, python3Torch } from '../helpers/requirement.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import {
  encoder,
  executor,
  exportRequest,
  imageSize,
  makeExportFixture,
  slotSize,
  type ExportFixture,
} from './exportFixture.ts';
import type { PretrainingPlan } from '../../main/training/plan.ts';
import type { ExportResult } from '../../shared/exporting.ts';

let fixture: ExportFixture;
let tools: ExportTools;
let out: string;
let result: ExportResult;

beforeAll(async () => {
  fixture = await makeExportFixture();
  out = join(fixture.folder, 'out');
  const source = { kind: 'classifier-encoder', path: fixture.classifierPath } as const;
  tools = {
    store: fixture.store,
    askAppWith: (subject) => askAppWith(subject, executor),
  };
  result = await exportModel(exportRequest(fixture, out, { source }), tools);
});
afterAll(() => fixture.remove());

/** torchvision's names of a ResNet-18's parameters and buffers, but for `fc` and `num_batches_tracked`. */
function resnet18Names(): string[] {
  const norm = (name: string): string[] =>
    ['weight', 'bias', 'running_mean', 'running_var'].map((part) => `${name}.${part}`);
  const blocks = [1, 2, 3, 4].flatMap((layer) => [0, 1].map((block) => `layer${layer}.${block}`));
  return [
    'conv1.weight',
    ...norm('bn1'),
    ...blocks.flatMap((block) =>
      [1, 2].flatMap((i) => [`${block}.conv${i}.weight`, ...norm(`${block}.bn${i}`)]),
    ),
    ...[2, 3, 4].flatMap((layer) => [
      `layer${layer}.0.downsample.0.weight`,
      ...norm(`layer${layer}.0.downsample.1`),
    ]),
  ].sort();
}

describe('an exported encoder', () => {
  it('lies in its folder with both forms of its weights, checked', () => {
    expect(readdirSync(out).sort()).toEqual([...exportFileNames.encoder].sort());
    expect(Object.keys(result.sameInput.differences)).toEqual(['embedding']);
    expect(result.originalFiles).toMatchObject({ files: 20, same: 20 });
    expect(readFileSync(join(out, 'MODEL_CARD.md'), 'utf8')).toContain('| loss | 1.250 |');
  });

  it("has weights in torchvision's names", () => {
    const { tensors } = decodeSafetensors(readFileSync(join(out, 'encoder.safetensors')));
    expect(Object.keys(tensors).sort()).toEqual(resnet18Names());
    for (const { dtype } of Object.values(tensors)) expect(dtype).toBe('float32');
    expect(tensors['conv1.weight'].shape).toEqual([8, 3, 3, 3]);
  });

  it('is the same from the checkpoint of a pretraining', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'checkpoint.safetensors');
    const plan = { method: { name: 'simclr', settings: {} }, encoder, imageSize, slotSize, batchSize: 8 };
    writeCheckpoint(path, {
      metadata: {
        runId: 1,
        kind: 'pretrain',
        step: 10,
        plan: { ...plan, sampleCount: 1234 } as unknown as PretrainingPlan,
        samplesHash: '',
        savedAt: '2026-01-02T03:04:05.000Z',
        appVersion: '0.0.0',
      },
      state: {
        ...fixture.weights,
        'optimizer.momentum.x': { dtype: 'float32', shape: [1], data: Float32Array.of(1) },
      },
    });
    const source = { kind: 'pretrained-encoder', path } as const;
    const again = join(folder, 'out');
    await exportModel(
      exportRequest(fixture, again, { source, originals: fixture.originals.slice(0, 2) }),
      tools,
    );
    const tensorsOf = (from: string): unknown =>
      decodeSafetensors(readFileSync(join(from, 'encoder.safetensors'))).tensors;
    expect(tensorsOf(again)).toEqual(tensorsOf(out));
    expect(readFileSync(join(again, 'MODEL_CARD.md'), 'utf8')).toContain('on 1,234 images in batches of 8');
  });
});

describeWith(python3Torch, "an exported encoder in torchvision's ResNet", () => {
  it('loads without an unexpected or a missing name, and gives the same embedding', async () => {
    const size = 16;
    const pixels = Uint8Array.from({ length: 2 * size * size * 3 }, (_, i) => (i * 89 + (i >> 4) * 13) % 256);
    const file = join(temporaryFolder(), 'pixels');
    writeFileSync(file, pixels);
    const script = join(import.meta.dirname, 'loadEncoder.py');
    const output = execFileSync(debianPython3, [script, join(out, 'encoder.safetensors'), file], {
      encoding: 'utf8',
    });
    const { missing, unexpected, embedding } = JSON.parse(output) as {
      missing: string[];
      unexpected: string[];
      embedding: number[];
    };
    expect({ missing, unexpected }).toEqual({ missing: ['fc.weight', 'fc.bias'], unexpected: [] });
    const model = await openExportedModel(join(out, 'encoder.onnx'));
    const found = await model.run({ pixels, count: 2, height: size, width: size });
    await model.release();
    expect(found.embedding.length).toBe(embedding.length);
    found.embedding.forEach((value, i) => expect(value).toBeCloseTo(embedding[i], 4));
  });
});
