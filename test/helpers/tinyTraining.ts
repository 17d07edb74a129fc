import { join } from 'node:path';
import { openPixelStoreWriter } from '../../main/importer/pixelStoreWriter.ts';
import { randomStream } from '../../main/nn/random.ts';
import type { Executor } from '../../main/engine/execute/executor.ts';
import type { TrainingHost } from '../../main/training/trainingHost.ts';
import type { PretrainJob, TrainingEvent } from '../../shared/trainingEvents.ts';

/**
 * Writes a pixel store of `count` images, 16 px high and 12 … 16 wide. Each shows waves between two colours and in a
 * direction of its own; their length is that of its class i mod 4.
 */
export function writeTinyStore(folder: string, count: number, slotSize = 16): void {
  const writer = openPixelStoreWriter(folder, { keep: 0, slotSize });
  for (let i = 0; i < count; i++) {
    const width = slotSize - (i % 5);
    writer.append(tinyImage(i, slotSize, width), slotSize, width);
  }
  writer.close();
}

function tinyImage(i: number, slotSize: number, width: number): Uint8Array {
  const pixels = new Uint8Array(3 * slotSize * slotSize);
  const random = randomStream(1, 'tiny image', i);
  const [phase, angle, frequency] = [random.uniform(0, 6), random.uniform(0, Math.PI), 0.2 * 2 ** (i % 4)];
  const [dark, bright] = [0, 1].map(() => [0, 1, 2].map(() => random.uniform(0, 255)));
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < slotSize; y++) {
      for (let x = 0; x < width; x++) {
        const wave = Math.sin(phase + frequency * (Math.cos(angle) * x + Math.sin(angle) * y));
        const share = (1 + wave) / 2;
        const shade = share * bright[channel] + (1 - share) * dark[channel];
        pixels[(channel * slotSize + y) * slotSize + x] = shade;
      }
    }
  }
  return pixels;
}

/** Settings under which each method's heads and queues are as small as its encoder. */
export const tinySettings = {
  simclr: { output: 16 },
  'barlow-twins': { projector: [24, 24] },
  'moco-v2': { output: 16, queueSize: 32, normSplits: 2 },
  'moco-v1': { output: 16, queueSize: 32, normSplits: 2 },
  vicreg: { projector: [24, 24] },
  byol: { hidden: 24, output: 16 },
  simsiam: { projector: [24, 24], predictorHidden: 8 },
  swav: { output: 16, prototypes: 16, queueSize: 16, smallCrops: 1 },
  seer: { output: 16, prototypes: 16, queueSize: 16, smallCrops: 1 },
  pirl: { output: 16 },
} as const;

/** A job on a store of `writeTinyStore` in `<folder>/pixels`: ResNet-18 at width 0.125, batches of 8. */
export function tinyJob(folder: string, changes: Partial<PretrainJob> = {}): PretrainJob {
  return {
    runId: 1,
    pixelFolder: join(folder, 'pixels'),
    checkpointFolder: join(folder, 'run'),
    method: 'simclr',
    settings: {},
    encoder: { name: 'resnet18', width: 0.125 },
    imageSize: 16,
    batchSize: 8,
    epochs: 2,
    minutes: null,
    learningRate: null,
    seed: 7,
    slots: Array.from({ length: 32 }, (_, i) => i),
    labelled: { slots: [], classes: [] },
    preset: 'natural',
    memoryBytes: 4e9,
    resume: false,
    appVersion: '0.0.0',
    ...changes,
  };
}

/** A host that keeps the events. */
export function recordingHost(
  executor: Executor,
  changes: Partial<TrainingHost> = {},
): { readonly host: TrainingHost; readonly events: TrainingEvent[] } {
  const events: TrainingEvent[] = [];
  const host: TrainingHost = {
    executor,
    signal: new AbortController().signal,
    report: (event) => void events.push(event),
    ...changes,
  };
  return { host, events };
}
