import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshEncoderWeights } from '../../../main/classify/freshEncoder.ts';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { writeCheckpoint, type CheckpointMetadata } from '../../../main/training/checkpoint.ts';
import { readClassifier } from '../../../main/training/classifierFile.ts';
import { runEvaluate } from '../../../main/worker/runEvaluate.ts';
import { runTrain } from '../../../main/worker/runTrain.ts';
import { temporaryFolder } from '../../helpers/temporaryFolder.ts';
import { textureClasses, textureImage, writeTextureStore } from '../../helpers/textureStore.ts';
import type { EvaluateRequest, TrainProgress, TrainRequest } from '../../../shared/classifying.ts';
import { steadyPace, type JobHost } from '../../../shared/jobs.ts';
import type { LabelledSlots } from '../../../shared/trainingEvents.ts';

const encoder = { name: 'resnet18', width: 0.125, stem: 'small' } as const;
const imageCount = 96;
let folder = '';
beforeEach(() => {
  folder = temporaryFolder();
  mkdirSync(join(folder, 'pixels'));
  writeTextureStore(join(folder, 'pixels'), imageCount);
});

function textures(first: number, last: number): LabelledSlots {
  const slots = Array.from({ length: last - first }, (_, i) => first + i);
  return { slots, classes: slots.map((slot) => slot % 3) };
}

/** A checkpoint of an encoder that has learnt nothing. */
function checkpointFile(): string {
  const path = join(folder, 'checkpoint.safetensors');
  const plan = { method: { name: 'simclr', settings: {} }, encoder, imageSize: 16 };
  const metadata = { runId: 3, kind: 'pretrain', step: 0, plan } as unknown as CheckpointMetadata;
  writeCheckpoint(path, { metadata, state: freshEncoderWeights(createEncoder(encoder), 16, 1) });
  return path;
}

function request(changes: Partial<TrainRequest> = {}): TrainRequest {
  return {
    runId: 4,
    mode: 'probe',
    device: 'cpu',
    pixelFolder: join(folder, 'pixels'),
    checkpoint: { path: checkpointFile(), runId: 3 },
    encoder: null,
    imageSize: null,
    classes: textureClasses,
    labelled: textures(0, 48),
    heldOut: textures(48, imageCount),
    settings: {},
    seed: 1,
    outputPath: join(folder, 'classifier.safetensors'),
    appVersion: '0.1.0',
    ...changes,
  };
}

function host<J extends 'train' | 'evaluate'>(
  events: unknown[] = [],
  signal = new AbortController().signal,
): JobHost<J> {
  return { report: async (event) => void events.push(event), signal, pace: steadyPace };
}

const evaluate = (images: EvaluateRequest['images']) =>
  runEvaluate({ device: 'cpu', classifierPath: join(folder, 'classifier.safetensors'), images }, host());

describe('the training job', () => {
  it('writes a file that says what it is, and that measures again as it was measured', async () => {
    const events: TrainProgress[] = [];
    const result = await runTrain(request(), host(events));
    const { metadata } = readClassifier(result.path);
    expect(metadata).toMatchObject({
      runId: 4,
      parentRunId: 3,
      mode: 'probe',
      classes: textureClasses,
      encoder,
      imageSize: 16,
      slotSize: 16,
      labelCount: 48,
      evaluation: result.evaluation,
    });
    expect(result.evaluation?.on).toBe('held-out');
    expect(events.map(({ phase }) => phase)).toEqual(
      expect.arrayContaining(['embedding', 'fitting', 'measuring']),
    );

    const images = {
      kind: 'held-out',
      pixelFolder: request().pixelFolder,
      labelled: request().heldOut,
    } as const;
    const again = await evaluate(images);
    expect(again.evaluation).toEqual(result.evaluation?.evaluation);
  });

  it('measures a folder of the same images alike', async () => {
    const result = await runTrain(request(), host());
    await writeTestFolder(join(folder, 'test'));
    const again = await evaluate(testFolder());
    expect(again).toMatchObject({ on: 'test-folder', unreadable: 0, withoutClass: 1 });
    expect(again.evaluation).toEqual(result.evaluation?.evaluation);
  });

  it('refuses a test folder with a class that the classifier does not know', async () => {
    await runTrain(request(), host());
    await writeTestFolder(join(folder, 'test'), 'dots');
    await expect(evaluate(testFolder())).rejects.toMatchObject({ code: 'test-class-unknown' });
  });

  it('refuses another architecture than was asked for', async () => {
    const other = request({ encoder: { name: 'resnet34', width: 0.125 } });
    await expect(runTrain(other, host())).rejects.toMatchObject({ code: 'checkpoint-other-architecture' });
    await expect(runTrain(request({ checkpoint: null }), host())).rejects.toMatchObject({
      code: 'no-checkpoint',
    });
  });

  it('says that it was cancelled, and leaves no file', async () => {
    const signal = AbortSignal.abort();
    const running = runTrain(request(), host([], signal));
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(() => readClassifier(request().outputPath)).toThrow();
  });
});

function testFolder(): EvaluateRequest['images'] {
  const scratchFolder = join(folder, 'decoded');
  mkdirSync(scratchFolder);
  return { kind: 'folder', folder: join(folder, 'test'), scratchFolder };
}

/** The held-out images as PNG files in a folder a class, and one that lies beside them. */
async function writeTestFolder(test: string, extraClass?: string): Promise<void> {
  const names = [...textureClasses, ...(extraClass === undefined ? [] : [extraClass])];
  for (const name of names) mkdirSync(join(test, name), { recursive: true });
  for (let i = 48; i < imageCount; i++) await writePng(i, join(test, textureClasses[i % 3], `${i}.png`));
  await writePng(0, join(test, 'beside.png'));
  if (extraClass !== undefined) await writePng(1, join(test, extraClass, 'extra.png'));
}

async function writePng(i: number, path: string): Promise<void> {
  const planes = textureImage(i);
  const pixels = Uint8Array.from(planes, (_, at) => planes[(at % 3) * 256 + Math.floor(at / 3)]);
  await sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } })
    .png()
    .toFile(path);
}
