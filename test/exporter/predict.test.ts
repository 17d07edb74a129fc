import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyHead, headOf } from '../../main/classify/linearHead.ts';
import { predictClasses } from '../../main/classify/metrics.ts';
import { exportModel } from '../../main/exporter/exportModel.ts';
import { openPredictionTable } from '../../main/exporter/predictionTable.ts';
import { createEncoder } from '../../main/nn/createEncoder.ts';
import { embedSlots } from '../../main/training/embed.ts';
import { askAppWith } from '../../main/worker/runExport.ts';
import { runPredict } from '../../main/worker/runPredict.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import {
  classes,
  encoder,
  executor,
  exportRequest,
  imageSize,
  makeExportFixture,
  type ExportFixture,
} from './exportFixture.ts';
import { steadyPace } from '../../shared/jobs.ts';
import type { PredictProgress, PredictResult } from '../../shared/exporting.ts';

let fixture: ExportFixture;
let classifierFolder: string;

beforeAll(async () => {
  fixture = await makeExportFixture();
  classifierFolder = join(fixture.folder, 'out');
  await exportModel(exportRequest(fixture, classifierFolder, { originals: [] }), {
    store: fixture.store,
    askAppWith: (subject) => askAppWith(subject, executor),
  });
});
afterAll(() => fixture.remove());

const events: PredictProgress[] = [];
const host = {
  signal: new AbortController().signal,
  report: async (event: PredictProgress) => void events.push(event),
  pace: steadyPace,
};

function predict(changes: Partial<Parameters<typeof runPredict>[0]>): Promise<PredictResult> {
  const csvPath = join(temporaryFolder(), 'out.csv');
  return runPredict({ classifierFolder, imageFolder: fixture.imageFolder, csvPath, ...changes }, host);
}

describe('predicting a folder', () => {
  it('answers every image as the app does, into a table', async () => {
    const folder = temporaryFolder();
    const before = readdirSync(fixture.imageFolder, { recursive: true });
    const { predicted, counts, unreadable } = await predict({ csvPath: join(folder, 'made', 'out.csv') });
    expect(predicted).toBe(21);
    expect(unreadable.map(({ file }) => file)).toEqual(['broken.jpg']);
    expect(unreadable[0].reason).toContain('whatever its name says');
    expect(counts.map(({ images }) => images).reduce((a, b) => a + b)).toBe(21);
    expect(events.at(-1)).toEqual({ done: 22, total: 22 });
    expect(readdirSync(fixture.imageFolder, { recursive: true })).toEqual(before);
    expect(readdirSync(join(folder, 'made'))).toEqual(['out.csv']);

    const [heading, ...rows] = parse(readFileSync(join(folder, 'made', 'out.csv')));
    expect(heading).toEqual(['file', 'label', 'probability', ...classes]);
    const expected = await appAnswers();
    expect(Object.fromEntries(rows.map(([file, label]) => [file, label]))).toEqual(expected);
    expect(new Set(Object.values(expected)).size).toBeGreaterThan(1);
    for (const [, label, probability, ...each] of rows) {
      expect(each.map(Number).reduce((a, b) => a + b)).toBeCloseTo(1, 4);
      expect(each[classes.indexOf(label)]).toBe(probability);
      expect(Number(probability)).toBe(Math.max(...each.map(Number)));
    }
  });

  it('needs the model and nothing else of the export', async () => {
    const folder = temporaryFolder();
    copyFileSync(join(classifierFolder, 'classifier.onnx'), join(folder, 'classifier.onnx'));
    const imageFolder = join(fixture.imageFolder, 'more');
    expect((await predict({ classifierFolder: folder, imageFolder })).predicted).toBe(10);
  });

  it('refuses what is no classifier', async () => {
    const folder = temporaryFolder();
    const missing = join(folder, 'missing');
    expect(await errorCode(() => predict({ classifierFolder: missing }))).toBe('no-such-folder');
    expect(await errorCode(() => predict({ classifierFolder: folder }))).toBe('not-a-classifier');
    const whole = readFileSync(join(classifierFolder, 'classifier.onnx'));
    for (const damaged of [Buffer.from('?'), whole.subarray(0, whole.length / 2)]) {
      writeFileSync(join(folder, 'classifier.onnx'), damaged);
      expect(await errorCode(() => predict({ classifierFolder: folder }))).toBe('not-a-classifier');
    }
  });

  it('refuses a folder that is not there or holds no images, and writes no table', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'empty'));
    const csvPath = join(folder, 'out.csv');
    const attempt = (imageFolder: string) => errorCode(() => predict({ imageFolder, csvPath }));
    expect(await attempt(join(folder, 'missing'))).toBe('no-such-folder');
    expect(await attempt(join(folder, 'empty'))).toBe('no-images');
    expect(readdirSync(folder)).toEqual(['empty']);
  });

  it('leaves nothing when the disk is full', async () => {
    const folder = temporaryFolder();
    const full = (): never => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    const path = join(folder, 'out.csv');
    expect(await errorCode(() => openPredictionTable(path, classes, full))).toBe('disk-full');
    expect(readdirSync(folder)).toEqual([]);
  });
});

async function appAnswers(): Promise<Record<string, string>> {
  const { store, weights, originals, imageFolder } = fixture;
  const options = { executor, encoder: createEncoder(encoder), weights, store, imageSize };
  const features = await embedSlots(
    options,
    originals.map(({ slot }) => slot),
  );
  const answers = predictClasses(applyHead(headOf(weights), features));
  return Object.fromEntries(
    originals.map(({ path }, i) => [path.slice(imageFolder.length + 1), classes[answers[i]]]),
  );
}
