import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { importImages } from '../../main/app/importImages.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { findLabelReport, labelReport, usualReport } from '../../main/app/labelReport.ts';
import { pretrainEncoder } from '../../main/app/pretrainEncoder.ts';
import type { LabelReportOptions } from '../../main/app/reportGround.ts';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';
import { openLibrary, type Library } from '../../main/library/client.ts';
import { summariseCells } from '../../shared/labelReport.ts';
import { errorCode } from '../helpers/errorCode.ts';

// Each cell starts a process, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const options: LabelReportOptions = {
  ...{ ...usualReport, fractions: [1, 0.2], draws: 2, modes: ['random-encoder', 'probe'] },
  device: 'cpu',
};
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
let library: Library;
const ignore = (): void => undefined;

beforeAll(async () => {
  const photos = join(folder, 'photos');
  await writeSampleImages(photos, { count: 16 * sampleClasses.length, seed: 1, side: 20 });
  library = await openLibrary(join(folder, 'project'), { create: { seed: 'a', heldOutFraction: 0.4 } });
  await importImages(library, { folders: [photos] }, ignore);
});
afterAll(async () => {
  await library.close();
  rmSync(folder, { recursive: true, force: true });
});

async function label(perClass: number): Promise<void> {
  const budget = { perClass };
  await labelImages(library, { source: { kind: 'folders' }, budget, replace: true });
}

// Each test goes on where the last one ended.
describe('a report', () => {
  it('needs held-out labels to measure on', async () => {
    const code = await errorCode(() => labelReport(library, options, ignore));
    expect(code).toBe('report-needs-held-out');
    expect(await findLabelReport(library, options)).toBeNull();
  });

  it('plans what needs no pretraining before there is one', async () => {
    await label(5);
    const stop = new AbortController();
    const planned: [string, number][] = [];
    const report = labelReport(
      library,
      options,
      ({ mode, total }) => {
        planned.push([mode, total]);
        stop.abort();
      },
      stop.signal,
    );
    expect(await errorCode(() => report)).toBe('cancelled');
    expect(planned).toEqual([['random-encoder', 3]]);
  });

  it('keeps every finished cell when it is stopped, and goes on with the rest', async () => {
    const run = await pretrainEncoder(
      library,
      {
        ...{ method: 'simclr', settings: {}, encoder: { name: 'resnet18', width: 0.125 }, imageSize: 16 },
        ...{ batchSize: 16, epochs: 1, minutes: null, learningRate: null, preset: 'natural', seed: 1 },
        device: 'cpu',
      },
      ignore,
    );
    const stop = new AbortController();
    const stopped = labelReport(
      library,
      options,
      ({ done, training }) => {
        if (done === 2 && training === null) stop.abort();
      },
      stop.signal,
    );
    expect(await errorCode(() => stopped)).toBe('cancelled');
    const half = await findLabelReport(library, options);
    expect(half?.cells).toHaveLength(2);
    expect(half?.planned).toBe(6);

    const trained: string[] = [];
    const report = await labelReport(library, options, ({ mode, fraction, draw, training }) => {
      const name = `${mode} ${fraction} ${draw}`;
      if (training !== null && !trained.includes(name)) trained.push(name);
    });
    expect(report.pretraining).toEqual({ runId: run.run, method: 'simclr' });
    expect(report.fractions).toEqual([0.2, 1]);
    expect(report.cells).toHaveLength(6);
    // One label of five of each class, and two of those cells were there.
    expect(trained).toEqual(['random-encoder 0.2 2', 'probe 0.2 2', 'random-encoder 1 1', 'probe 1 1']);
    const few = summariseCells(report.cells, 'probe', 0.2);
    expect(few).toMatchObject({ draws: 2, labels: sampleClasses.length });
    expect(few?.top1.n).toBe(report.heldOut);
  });

  it('leaves labels and classifiers of the project as they are, and forgets what was drawn from other labels', async () => {
    const { read } = library;
    const counts = await read.countLabels();
    expect(counts.every(({ training }) => training === 5)).toBe(true);
    expect((await read.listRuns()).map(({ kind }) => kind)).toEqual(['pretrain']);
    await label(4);
    expect(await findLabelReport(library, options)).toBeNull();
  });
});
