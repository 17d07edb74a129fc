import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ortExecutor } from '../../main/engine/execute/ort/ortExecutor.ts';
import { freshEncoderWeights } from '../../main/classify/freshEncoder.ts';
import { applyHead, headTensors, type LinearHead } from '../../main/classify/linearHead.ts';
import { decodeFolderToStore } from '../../main/importer/decodeFolderToStore.ts';
import { openPixelStore, type PixelStore } from '../../main/importer/pixelStore.ts';
import { randomStream } from '../../main/nn/random.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { stemFor } from '../../main/nn/resnet.ts';
import { writeClassifier } from '../../main/training/classifierFile.ts';
import { embedSlots } from '../../main/training/embed.ts';
import { withFreshNormStatistics } from '../../main/classify/normStatistics.ts';
import type { Tensors } from '../../main/engine/execute/executor.ts';
import type { EncoderDescription } from '../../main/nn/encoder.ts';
import type { ExportRequest, OriginalFile } from '../../shared/exporting.ts';

export const executor = ortExecutor({ device: 'cpu', threads: 1, spinning: false });
export const classes = ['ant', 'bee, wild', 'cat'];
export const slotSize = 32;
export const imageSize = 16;
export const encoder: EncoderDescription = { name: 'resnet18', width: 0.125, stem: stemFor(imageSize) };

/** A folder of images, its pixel store, and the file of a classifier that tells some of them apart. */
export interface ExportFixture {
  readonly folder: string;
  readonly imageFolder: string;
  readonly pixelFolder: string;
  readonly classifierPath: string;
  readonly originals: readonly OriginalFile[];
  readonly store: PixelStore;
  readonly weights: Tensors;
  readonly remove: () => void;
}

export async function makeExportFixture(): Promise<ExportFixture> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-export-'));
  const [imageFolder, pixelFolder] = [join(folder, 'images'), join(folder, 'pixels')];
  await writeImages(imageFolder);
  const files = await decodeFolderToStore(imageFolder, pixelFolder, slotSize);
  const originals = files.flatMap(({ relativePath, slot, byteSize, mtime }) =>
    slot === null
      ? []
      : [{ path: join(imageFolder, Buffer.from(relativePath).toString()), slot, byteSize, mtime }],
  );
  const store = openPixelStore(pixelFolder);
  const weights = await makeWeights(
    store,
    originals.map(({ slot }) => slot),
  );
  const classifierPath = join(folder, 'classifier.safetensors');
  writeTestClassifier(classifierPath, weights);
  const remove = (): void => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, imageFolder, pixelFolder, classifierPath, originals, store, weights, remove };
}

export function writeTestClassifier(path: string, weights: Tensors): void {
  writeClassifier(path, {
    weights,
    metadata: {
      runId: 2,
      mode: 'probe',
      classes,
      encoder,
      imageSize,
      slotSize,
      parentRunId: 1,
      labelCount: 9,
      seed: 1,
      evaluation: null,
      report: null,
      savedAt: '2026-01-02T03:04:05.000Z',
      appVersion: '0.0.0',
    },
  });
}

export function exportRequest(
  fixture: ExportFixture,
  outputFolder: string,
  changes: Partial<ExportRequest> = {},
): ExportRequest {
  const share = { value: 0.75, low: 0.6, high: 0.86, n: 40 };
  return {
    source: { kind: 'classifier', path: fixture.classifierPath },
    outputFolder,
    pixelFolder: fixture.pixelFolder,
    originals: fixture.originals,
    originalsAre: 'held-out',
    facts: {
      project: 'garden',
      images: { usable: 1234, different: 1200, heldOut: 120 },
      labels: classes.map((name, i) => ({ name, training: 3 + i, heldOut: 10 })),
      pretraining: { run: 1, method: 'simclr', steps: 5000, figures: { loss: 1.25 } },
      measurements: [
        {
          on: 'held-out',
          measuredAt: Date.UTC(2026, 0, 2),
          evaluation: {
            n: 40,
            classes,
            top1: share,
            top5: null,
            perClass: classes.map((name) => ({ name, n: 13, recall: share, precision: null })),
            confusion: [],
          },
        },
      ],
    },
    appVersion: '0.0.0',
    ...changes,
  };
}

/** Waves of many sizes; among them a turned JPEG, a transparent and a grey PNG, and two larger than a slot. */
async function writeImages(folder: string): Promise<void> {
  mkdirSync(join(folder, 'more'), { recursive: true });
  for (let i = 0; i < 20; i++) {
    const [width, height] = i < 2 ? [90, 60 + 20 * i] : [16 + (i % 5) * 4, 18 + (i % 3) * 7];
    const image = sharp(waves(i, width, height), { raw: { width, height, channels: 3 } });
    const path = join(folder, i % 2 === 0 ? 'more' : '.', `image ${i}`);
    if (i % 4 === 0) await image.withMetadata({ orientation: 6 }).jpeg().toFile(`${path}.jpg`);
    else if (i % 4 === 1) await image.ensureAlpha(0.4).png().toFile(`${path}.png`);
    else if (i % 4 === 2) await image.greyscale().png().toFile(`${path}.png`);
    else await image.jpeg({ quality: 90 }).toFile(`${path}.jpg`);
  }
  const grey = Uint16Array.from({ length: 20 * 20 }, (_, i) => (i % 20) * 200);
  const raw = { width: 20, height: 20, channels: 1 } as const;
  await sharp(grey, { raw }).toColourspace('grey16').png().toFile(join(folder, 'sixteen bits.png'));
  writeFileSync(join(folder, 'broken.jpg'), 'no image');
}

function waves(i: number, width: number, height: number): Buffer {
  const random = randomStream('waves', i);
  const [phase, angle, base] = [random.uniform(0, 6), random.uniform(0, 3), random.uniform(40, 200)];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const wave = Math.sin(phase + (Math.cos(angle) * x + Math.sin(angle) * y) * 0.6);
      data.set(
        [0, 1, 2].map((c) => Math.round(base + (c === i % 3 ? 50 : 15) * wave)),
        (y * width + x) * 3,
      );
    }
  }
  return data;
}

/** A random encoder, and a head whose answers are balanced on these images. */
async function makeWeights(store: PixelStore, slots: readonly number[]): Promise<Tensors> {
  const network = createEncoder(encoder);
  const fresh = freshEncoderWeights(network, imageSize, 3);
  const weights = await withFreshNormStatistics(fresh, {
    executor,
    store,
    encoder: network,
    imageSize,
    slots,
  });
  const features = await embedSlots({ executor, encoder: network, weights, store, imageSize }, slots);
  const size = network.featureCount;
  const random = randomStream('head');
  const head: LinearHead = {
    weight: Float64Array.from({ length: classes.length * size }, () => random.normal()),
    bias: new Float64Array(classes.length),
  };
  const { data } = applyHead(head, features);
  head.bias.forEach((_, c) => {
    for (let row = 0; row < slots.length; row++)
      head.bias[c] -= data[row * classes.length + c] / slots.length;
  });
  return { ...weights, ...headTensors(head) };
}
