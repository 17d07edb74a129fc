import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';
import type { Proportion } from '../../shared/evaluation.ts';
import { genoise, genoiseJson } from '../helpers/commandLine.ts';

const classCount = sampleClasses.length;
const count = 16 * classCount;
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-chain-'));
const [images, test, project, out] = ['images', 'test', 'project', 'out'].map((name) => join(folder, name));
const tiny = ['--width', '0.125', '--image-size', '16', '--batch', '48', '--device', 'cpu'];
let files: readonly string[] = [];

interface ClassCount {
  readonly name: string;
  readonly training: number;
  readonly heldOut: number;
}

// Each starts processes, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  files = await writeSampleImages(images, { count, seed: 1, side: 20 });
  await writeSampleImages(test, { count: 2 * classCount, seed: 2, side: 20 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Labels that training may use, and those held out. */
function totals(classes: unknown): [number, number] {
  const counts = classes as ClassCount[];
  return [
    counts.reduce((sum, one) => sum + one.training, 0),
    counts.reduce((sum, one) => sum + one.heldOut, 0),
  ];
}

// Each test goes on where the last one ended.
describe('the chain from the command line', () => {
  it('imports a folder, in plain lines where there is no terminal', async () => {
    const { status, data, err } = await genoiseJson([
      'import',
      project,
      images,
      '--held-out',
      '0.25',
      '--seed',
      'a',
    ]);
    expect(status).toBe(0);
    expect(data).toMatchObject({
      found: count,
      imported: count,
      unchanged: 0,
      images: count,
      heldOut: count / 4,
    });
    expect(err).toContain(`${count} images to read`);
    expect(err).not.toMatch(/[\r\u001b]/);
    expect(err.split('\n').length).toBeLessThan(12);
  });

  it('imports it again without reading a file', async () => {
    const { status, out, err } = await genoise(['import', project, images]);
    expect(status).toBe(0);
    expect(out).toContain(`Read 0 images (${count} unchanged, 0 duplicates).`);
    expect(err).not.toContain('to read');
  });

  it('labels by folders: a share of each class, held-out images all', async () => {
    const { status, data } = await genoiseJson(['label', project, '--from-folders', '--fraction', '0.5']);
    expect(status).toBe(0);
    const [training, heldOut] = totals(data.classes);
    expect(heldOut).toBe(count / 4);
    expect(Math.abs(training - (count - count / 4) / 2)).toBeLessThanOrEqual(classCount / 2);
  });

  it('labels by folders: a number of each class, in place of those before', async () => {
    const { data } = await genoiseJson(['label', project, '--from-folders', '--per-class', '2', '--replace']);
    const classes = data.classes as ClassCount[];
    expect(classes.map(({ name }) => name)).toEqual([...sampleClasses].sort());
    for (const { training } of classes) expect(training).toBe(2);
    expect(data.removed).toBeGreaterThan(0);
  });

  it('labels by a CSV file, and only by it with --replace', async () => {
    const csv = join(folder, 'labels.csv');
    const chosen = files.slice(1);
    writeFileSync(csv, ['file,label', ...chosen.map((file) => `${file},${file.split('/')[0]}`)].join('\n'));
    const { status, data } = await genoiseJson(['label', project, '--csv', csv, '--replace']);
    expect(status).toBe(0);
    expect(data.given).toBe(chosen.length);
    const [training, heldOut] = totals(data.classes);
    expect(training + heldOut).toBe(chosen.length);
    // The same once more changes nothing.
    expect((await genoiseJson(['label', project, '--csv', csv])).data).toMatchObject({
      changed: 0,
      removed: 0,
    });
  });

  it('pretrains', async () => {
    const args = ['pretrain', project, '--method', 'simclr', '--epochs', '1', ...tiny];
    const { status, data, err } = await genoiseJson(args);
    expect(status).toBe(0);
    const steps = Math.floor((count - count / 4) / 48);
    expect(data).toMatchObject({
      run: 1,
      method: 'simclr',
      encoder: 'resnet18 × 0.125',
      steps,
      totalSteps: steps,
    });
    expect(existsSync(join(project, data.checkpoint as string))).toBe(true);
    expect(err).toMatch(
      /Run 1: simclr, resnet18 × 0.125, 16 px, batches of 48, 2 steps \(1 epochs?\), on cpu\./,
    );
    expect(err).toMatch(/Epoch 1, step \d of 2 · loss [\d.]+ · \d+ images\/s · \d+:\d\d left/);
    expect(err).toContain('Epoch 1 done: loss');
    expect(err).not.toMatch(/[\r\u001b]/);
  });

  it('does not go on with what is done', async () => {
    const { status, data } = await genoiseJson(['pretrain', project, '--resume', '1']);
    expect(status).toBe(1);
    expect(data.error).toMatchObject({ code: 'run-not-resumable' });
  });

  it('trains a probe and measures it, with n and interval', async () => {
    const { status, data } = await genoiseJson(['train', project, '--mode', 'probe', '--device', 'cpu']);
    expect(status).toBe(0);
    expect(data).toMatchObject({ run: 2, mode: 'probe', encoder: 'resnet18 × 0.125', classesLeftOut: [] });
    const { on, evaluation } = data.evaluation as { on: string; evaluation: { top1: Proportion } };
    expect(on).toBe('held-out');
    const { value, low, high, n } = evaluation.top1;
    expect(n).toBe(data.heldOutLabels);
    expect(low).toBeLessThan(high);
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  });

  it('evaluates on a test folder', async () => {
    const { status, out, err } = await genoise(['evaluate', project, '--test', test, '--device', 'cpu']);
    expect(err.split('\n').at(-1)).toBe('');
    expect(status).toBe(0);
    expect(out).toMatch(/Top-1 accuracy [\d.]+ % \(95 % interval [\d.]+–[\d.]+, n = 16\)/);
    expect(out).toContain('Top-5 accuracy');
    expect(out).toContain('true \\ answered');
    for (const name of sampleClasses) expect(out).toMatch(new RegExp(`^${name} +2 `, 'm'));
  });

  it('exports, and predicts with the exported file alone', async () => {
    const exported = await genoiseJson(['export', project, '--out', out]);
    expect(exported.err).not.toContain('Error');
    expect(exported.status).toBe(0);
    expect(readdirSync(out)).toEqual(expect.arrayContaining(['classifier.onnx', 'labels.json']));
    const csv = join(folder, 'answers.csv');
    const predicted = await genoiseJson(['predict', out, test, '--csv', csv]);
    expect(predicted.status).toBe(0);
    expect(predicted.data.predicted).toBe(2 * classCount);
    const [header, ...rows] = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^file,label,probability/);
    expect(rows).toHaveLength(2 * classCount);
  });

  it('says what the project holds', async () => {
    const { status, out } = await genoise(['status', project]);
    expect(status).toBe(0);
    expect(out).toContain(`${count} usable images (${count} different), ${count / 4} held out`);
    expect(out).toMatch(/^ *1 +pretrain +simclr +resnet18 × 0.125 +done +2 of 2 +.*loss/m);
    expect(out).toMatch(/^ *2 +probe +simclr +resnet18 × 0.125 +done/m);
    const { data } = await genoiseJson(['status', project]);
    expect(data).toMatchObject({ folder: project, roots: [images], images: { ready: count } });
  });
});
