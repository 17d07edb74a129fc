import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApplication, type Application } from '../../main/app/application.ts';
import { importImages } from '../../main/app/importImages.ts';
import { pretrainEncoder } from '../../main/app/pretrainEncoder.ts';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';
import { openLibrary } from '../../main/library/client.ts';
import { errorCode } from '../helpers/errorCode.ts';
import type { CommandName, CommandRequest, CommandResult } from '../../shared/contract/commands.ts';
import type { JobView } from '../../shared/contract/jobCommands.ts';
import type { RunId } from '../../shared/records.ts';

// Each job starts a process, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const home = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));
const [photos, test, folder] = ['photos', 'test', 'project'].map((name) => join(home, name));
const shown: string[] = [];
let application: Application;

function call<N extends CommandName>(name: N, request: CommandRequest<N>): Promise<CommandResult<N>> {
  return application.call(name, request) as Promise<CommandResult<N>>;
}

/** Waits until no job is left that has not ended. @returns the last ones */
async function idle(): Promise<readonly JobView[]> {
  for (;;) {
    const jobs = await call('jobs.list', null);
    if (jobs.every((job) => job.endedAt !== null)) return jobs;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

beforeAll(async () => {
  await writeSampleImages(photos, { count: 16 * sampleClasses.length, seed: 1, side: 20 });
  await writeSampleImages(test, { count: 2 * sampleClasses.length, seed: 2, side: 20 });
  const library = await openLibrary(folder, { create: { seed: 'a', heldOutFraction: 0.3 } });
  await importImages(library, { folders: [photos] }, () => undefined);
  const size = { encoder: { name: 'resnet18', width: 0.125 }, imageSize: 16, batchSize: 16 } as const;
  const rest = {
    epochs: 1,
    minutes: null,
    learningRate: null,
    preset: 'natural',
    seed: 1,
    device: 'cpu',
  } as const;
  await pretrainEncoder(library, { method: 'simclr', settings: {}, ...size, ...rest }, () => undefined);
  await library.close();
  const showInFolder = (path: string): void => void shown.push(path);
  application = createApplication({ dataFolder: join(home, 'data'), home, door: 'desktop', showInFolder });
  await call('project.open', { folder });
});
afterAll(async () => {
  await application.close();
  rmSync(home, { recursive: true, force: true });
});

let run: RunId;

// Each test goes on where the last one ended.
describe('training, measured and exported', () => {
  it('says what is missing before there are labels', async () => {
    const { problem, labels, pretraining } = await call('train.outlook', null);
    expect(problem).toMatchObject({ code: 'no-labels' });
    expect([labels, pretraining?.method]).toEqual([0, 'simclr']);
    expect(await errorCode(() => call('train.start', { modes: ['probe'] }))).toBe('no-labels');
    expect(await errorCode(() => call('export.labels', { format: 'csv', into: null }))).toBe('no-labels');
    expect(await call('train.runs', null)).toEqual([]);
  });

  it('trains what is asked for in turn, and an untrained encoder beside one from scratch', async () => {
    await call('labels.fromFolders', null);
    const { problem, measuredBy, seconds, labels } = await call('train.outlook', null);
    expect([problem, measuredBy]).toEqual([null, 'held-out']);
    expect(seconds.scratch).toBeGreaterThan(seconds.finetune ?? Infinity);
    const settings = { steps: 3, selectionSteps: 2, learningRates: [0.01], trainingAccuracy: 0 };
    await call('train.start', { modes: ['scratch', 'probe'], settings });
    const jobs = await idle();
    expect(jobs.filter(({ kind }) => kind === 'train').map(({ state }) => state)).toEqual(
      Array(3).fill('done'),
    );
    const runs = await call('train.runs', null);
    expect(runs.map(({ mode }) => mode)).toEqual(['random-encoder', 'probe', 'scratch']);
    for (const each of runs) {
      expect(each).toMatchObject({ state: 'done', trained: true, labels, measured: { on: 'held-out' } });
    }
    run = runs[1].runId;
  });

  it('tells everything of one run, and the images behind a cell', async () => {
    const details = await call('train.details', { runId: run });
    const [{ evaluation }] = details?.measurements ?? [];
    expect(details?.classIds).toHaveLength(sampleClasses.length);
    expect(evaluation.confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(evaluation.n);
    for (const [row, counts] of evaluation.confusion.entries()) {
      for (const [column, count] of counts.entries()) {
        const [labelClassId, answerClassId] = [row, column].map((i) => details?.classIds[i]);
        if (labelClassId === undefined || answerClassId === undefined) continue;
        const cell = await call('train.cell', { runId: run, labelClassId, answerClassId });
        expect(cell.total).toBe(count);
      }
    }
    expect(await call('train.details', { runId: 999 as RunId })).toBeNull();
  });

  it('lists wrong answers, and leaves out those whose label was changed or confirmed', async () => {
    const before = await call('train.mistakes', { runId: run, count: 3 });
    expect(before.total).toBeGreaterThan(2);
    const [first, second] = before.answers;
    const relabel = { images: { ids: [first.imageId] }, classId: first.answerClassId };
    const { changeId } = await call('labels.set', relabel);
    expect((await call('train.mistakes', { runId: run, count: 3 })).total).toBe(before.total - 1);
    await call('labels.undo', { only: changeId ?? 0 });
    expect((await call('train.mistakes', { runId: run, count: 3 })).total).toBe(before.total);
    // What is taken back leaves no step behind, as Ctrl+Z does.
    const [newest] = await call('labels.recent', { count: 1 });
    expect(newest).toMatchObject({ changeId, undone: true });
    await call('labels.set', relabel);
    await call('train.confirm', { ids: [second.imageId], confirmed: true });
    const after = await call('train.mistakes', { runId: run, count: 3 });
    expect(after.total).toBe(before.total - 2);
    expect((await call('train.details', { runId: run }))?.relabelled).toBe(1);
    await call('train.confirm', { ids: [second.imageId], confirmed: false });
    expect((await call('train.mistakes', { runId: run, count: 3 })).total).toBe(before.total - 1);
  });

  it('measures on a test folder and anew on the held-out images', async () => {
    const missing = join(home, 'nowhere');
    expect(await errorCode(() => call('train.measure', { runId: run, folder: missing }))).toBe(
      'no-such-folder',
    );
    await call('train.measure', { runId: run, folder: test });
    await call('train.measure', { runId: run, folder: null });
    await idle();
    const details = await call('train.details', { runId: run });
    expect(details?.measurements.map(({ on }) => on)).toEqual(['held-out', test, 'held-out']);
    expect(details?.relabelled).toBe(0);
  });

  it('exports a classifier with card and programs, an encoder, and labels in every format', async () => {
    const { classifiers, encoders, canShow } = await call('export.sources', null);
    expect([classifiers.length, encoders.length, canShow]).toEqual([2, 1, true]);
    await call('export.model', { runId: run, encoder: false, into: null });
    await call('export.model', { runId: encoders[0].runId, encoder: true, into: home });
    for (const format of ['csv', 'imagefolder', 'coco'] as const) {
      await call('export.labels', { format, into: null });
    }
    expect((await idle()).filter(({ error }) => error !== null)).toEqual([]);
    const items = await call('export.list', null);
    const classifier = items.find(({ facts }) => facts.kind === 'classifier');
    expect(classifier).toMatchObject({
      exists: true,
      runId: run,
      facts: { originalFiles: { on: 'held-out' } },
    });
    expect(items.map(({ facts }) => facts.kind).toSorted()).toEqual([
      'classifier',
      'encoder',
      'labels',
      'labels',
      'labels',
    ]);
    const id = classifier?.id ?? 0;
    const texts = await call('export.texts', { id });
    expect(texts?.card).toMatch(/^# Image classifier/);
    expect(texts?.snippets.map(({ name }) => name)).toEqual(['predict.mjs', 'predict.py']);
    await call('export.show', { id });
    expect(shown).toEqual([classifier?.path]);
    const path = classifier?.path ?? '';
    expect(await application.exportedFile(id, 'labels.json')).toEqual({
      path: join(path, 'labels.json'),
      isFolder: false,
    });
    expect(await application.exportedFile(id, `${basename(path)}.zip`)).toEqual({ path, isFolder: true });
    expect(await application.exportedFile(id, '../project.db')).toBeNull();
    expect((await call('project.current', null))?.exported).toBe(true);
  });

  it('answers a folder with an exported classifier, and exports one first where there is none', async () => {
    const other = (await call('train.runs', null)).find(({ mode }) => mode === 'scratch')?.runId ?? run;
    await call('export.predictions', { runId: run, imageFolder: test, into: null });
    await call('export.predictions', { runId: other, imageFolder: test, into: null });
    expect((await idle()).filter(({ error }) => error !== null)).toEqual([]);
    const items = await call('export.list', null);
    const predictions = items.filter(({ facts }) => facts.kind === 'predictions');
    expect(predictions).toHaveLength(2);
    expect(items.filter(({ facts }) => facts.kind === 'classifier')).toHaveLength(2);
    const [{ path, facts }] = predictions;
    expect(facts).toMatchObject({ predicted: 2 * sampleClasses.length, unreadable: 0 });
    expect(readFileSync(path, 'utf8').split('\n').length).toBeGreaterThan(2 * sampleClasses.length);
  });

  it('says where an export is gone, and forgets it', async () => {
    const items = await call('export.list', null);
    const [{ id, path }] = items.filter(({ facts }) => facts.kind === 'encoder');
    rmSync(path, { recursive: true });
    const gone = (await call('export.list', null)).find((item) => item.id === id);
    expect(gone).toMatchObject({ exists: false, files: [] });
    expect(await call('export.texts', { id })).toBeNull();
    expect(await errorCode(() => call('export.show', { id }))).toBe('export-gone');
    await call('export.forget', { id });
    expect(await call('export.list', null)).toHaveLength(items.length - 1);
    expect(
      existsSync(join(folder, 'exports')) && readdirSync(join(folder, 'exports')).length,
    ).toBeGreaterThan(3);
  });
});
