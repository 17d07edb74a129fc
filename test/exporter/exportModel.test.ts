import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportFileNames } from '../../main/exporter/exportFolder.ts';
import { exportModel, type ExportTools } from '../../main/exporter/exportModel.ts';
import { openExportedModel } from '../../main/exporter/exportedModel.ts';
import { readModelInfo } from '../../main/exporter/modelInfo.ts';
import { askAppWith } from '../../main/worker/runExport.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';
import { classes, executor, exportRequest, makeExportFixture, type ExportFixture } from './exportFixture.ts';
import type { ExportResult } from '../../shared/exporting.ts';

let fixture: ExportFixture;
let tools: ExportTools;
let out: string;
let result: ExportResult;

beforeAll(async () => {
  fixture = await makeExportFixture();
  tools = { store: fixture.store, askAppWith: (subject) => askAppWith(subject, executor) };
  out = join(fixture.folder, 'out');
  result = await exportModel(exportRequest(fixture, out), tools);
});
afterAll(() => fixture.remove());

const leftBeside = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.includes('genoise-'));

describe('an exported classifier', () => {
  it('lies in its folder with all that is needed to use it, and nothing else', () => {
    expect(readdirSync(out).sort()).toEqual([...exportFileNames.classifier].sort());
    expect(result.files).toEqual(exportFileNames.classifier);
    expect(JSON.parse(readFileSync(join(out, 'labels.json'), 'utf8'))).toEqual(classes);
    expect(leftBeside(fixture.folder)).toEqual([]);
  });

  it('computes what the app computes, on images of many sizes', () => {
    const { images, sizes, differences } = result.sameInput;
    expect(images).toBe(5 + fixture.originals.length);
    expect(sizes).toBeGreaterThan(10);
    expect(Object.keys(differences).sort()).toEqual(['embedding', 'logits', 'probabilities']);
    expect(Math.max(...Object.values(differences))).toBeLessThan(5e-5);
  });

  it('answers the original files in a process of its own as the app does', () => {
    expect(result.originalFiles).toEqual({
      on: 'held-out',
      files: 20,
      same: 20,
      leftOut: 0,
      notRead: 1,
      required: 0.99,
    });
  });

  it('says what it is', () => {
    expect(readModelInfo(join(out, 'classifier.onnx'))).toEqual({
      kind: 'classifier',
      classes,
      imageSize: 16,
      longestSide: 32,
      encoder: 'resnet18 of width 0.125 with the small stem',
      method: 'linear probe after simclr pretraining',
      genoiseVersion: '0.0.0',
    });
    const card = readFileSync(join(out, 'MODEL_CARD.md'), 'utf8');
    for (const words of [
      'ant, bee, wild, cat',
      '1,234 usable images (1,200 different), 120 of them held out',
      '9 labelled images',
      '75.0 % (n = 40, 95 % interval 60.0–86.0)',
      '20 answers the same',
      '1 more of a kind that the scripts do not read',
      'Licence',
      '2026-01-02',
    ])
      expect(card).toContain(words);
  });

  it('leaves the number of images, their height and their width open', async () => {
    const path = join(out, 'classifier.onnx');
    const session = await InferenceSession.create(path);
    expect(session.inputNames).toEqual(['images']);
    expect(session.inputMetadata[0]).toMatchObject({ type: 'uint8', shape: ['N', 'H', 'W', 3] });
    expect(session.outputNames).toEqual(['logits', 'probabilities', 'embedding']);
    await session.release();
    const model = await openExportedModel(path);
    for (const [count, height, width] of [
      [1, 1, 1],
      [3, 7, 50],
      [2, 33, 16],
    ]) {
      const pixels = Uint8Array.from({ length: count * height * width * 3 }, (_, i) => (i * 37) % 256);
      const { probabilities, embedding } = await model.run({ pixels, count, height, width });
      expect(embedding.length).toBe(count * 64);
      const sums = Array.from({ length: count }, (_, i) =>
        probabilities.slice(i * 3, i * 3 + 3).reduce((a, b) => a + b),
      );
      for (const sum of sums) expect(sum).toBeCloseTo(1, 5);
    }
    await model.release();
  });

  it('holds its weights folded: no division, no square root, no scale behind a convolution', () => {
    const bytes = readFileSync(join(out, 'classifier.onnx'));
    expect(bytes.includes('Sqrt')).toBe(false);
    // The weights of the network, the head, and little more.
    const count = Object.values(fixture.weights).reduce((sum, { data }) => sum + data.length, 0);
    expect(statSync(join(out, 'classifier.onnx')).size).toBeLessThan(4 * count * 1.2 + 20_000);
  });

  it('has a script for Python that compiles', () => {
    const { status, stderr } = spawnSync('python3', ['-m', 'py_compile', join(out, 'predict.py')], {
      env: { ...process.env, PYTHONPYCACHEPREFIX: temporaryFolder() },
    });
    expect(stderr?.toString()).toBe('');
    expect(status).toBe(0);
    expect(readFileSync(join(out, 'predict.py'), 'utf8')).toContain('LONGEST_SIDE = 32');
  });
});

describe('the checks of an export', () => {
  it('refuse a file that computes something else, and leave nothing', async () => {
    const folder = temporaryFolder();
    const bent = (
      subject: Parameters<ExportTools['askAppWith']>[0],
    ): ReturnType<ExportTools['askAppWith']> => {
      const bias = subject.weights['encoder.bn1.bias'];
      const data = Float32Array.from(bias.data, (value, i) => (i === 0 ? value + 0.05 : value));
      const weights = { ...subject.weights, 'encoder.bn1.bias': { ...bias, data } };
      return askAppWith({ ...subject, weights }, executor);
    };
    const request = exportRequest(fixture, join(folder, 'out'));
    expect(await errorCode(() => exportModel(request, { ...tools, askAppWith: bent }))).toBe(
      'export-mismatch',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuse answers to the original files that are not those of the app', async () => {
    const folder = temporaryFolder();
    const { originals } = fixture;
    const shifted = originals.map((original, i) => ({
      ...original,
      slot: originals[(i + 1) % originals.length].slot,
    }));
    const request = exportRequest(fixture, join(folder, 'out'), { originals: shifted });
    await expect(exportModel(request, tools)).rejects.toMatchObject({
      code: 'export-mismatch',
      details: { check: 'the original files in a process of their own' },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leave out files that changed since they were imported', async () => {
    const [first, second, ...rest] = fixture.originals;
    const changed = [{ ...first, byteSize: 1 }, { ...second, path: `${second.path}.gone` }, ...rest];
    const request = exportRequest(fixture, join(temporaryFolder(), 'out'), {
      originals: changed.slice(0, 5),
      originalsAre: 'sample',
    });
    const { originalFiles } = await exportModel(request, tools);
    expect(originalFiles).toMatchObject({ on: 'sample', files: 3, same: 3, leftOut: 2 });
  });

  it('stop when asked to, leaving nothing', async () => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const request = exportRequest(fixture, join(folder, 'out'));
    const onProgress: ExportTools['onProgress'] = ({ phase }) => {
      if (phase === 'checking-files') controller.abort(new Error('stopped'));
    };
    await expect(exportModel(request, { ...tools, signal: controller.signal, onProgress })).rejects.toThrow(
      'stopped',
    );
    expect(existsSync(request.outputFolder)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
