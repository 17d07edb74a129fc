import { mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { embedImages } from '../../main/app/embedImages.ts';
import { evaluateClassifier } from '../../main/app/evaluateClassifier.ts';
import { findNeighbours } from '../../main/app/findNeighbours.ts';
import { importImages } from '../../main/app/importImages.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { listAlike } from '../../main/app/listAlike.ts';
import { makeSampleImages } from '../../main/app/makeSampleImages.ts';
import { pretrainEncoder } from '../../main/app/pretrainEncoder.ts';
import { previewViews } from '../../main/app/previewViews.ts';
import { readFullPicture } from '../../main/app/readFullPicture.ts';
import { suggestImages } from '../../main/app/suggestImages.ts';
import { trainClassifier } from '../../main/app/trainClassifier.ts';
import { openLibrary, type Library } from '../../main/library/client.ts';
import { createJobControl } from '../../main/worker/hostControl.ts';
import type { ImageId, ImageRow } from '../../shared/records.ts';
import type { TrainingEvent } from '../../shared/trainingEvents.ts';
import { errorCode } from '../helpers/errorCode.ts';

// Each job starts a process, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const quiet = (): void => undefined;
const recipe = {
  ...{ method: 'simclr', settings: {}, encoder: { name: 'resnet18', width: 0.125 }, imageSize: 16 },
  ...{ batchSize: 8, epochs: 2, minutes: null, learningRate: null, preset: 'natural', seed: 1 },
  device: 'cpu',
} as const;

let library: Library;
let images: readonly ImageRow[];
let photos: string;
/** Of the whole file: what one test leaves, the next goes on with. */
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'genoise-test-'));

beforeAll(async () => {
  const dataFolder = join(folder, 'data');
  photos = await makeSampleImages(dataFolder, quiet, undefined, { count: 72, side: 24 });
  expect(await makeSampleImages(dataFolder)).toBe(photos);
  const gradient = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 7) % 251);
  const raw = sharp(gradient, { raw: { width: 40, height: 30, channels: 3 } });
  await raw.tiff({ compression: 'lzw' }).withMetadata({ orientation: 6 }).toFile(join(photos, 'photo.tif'));
  library = await openLibrary(join(folder, 'project'), { create: { seed: 'a', heldOutFraction: 0.5 } });
  await importImages(library, { folders: [photos] }, quiet);
  const { rows } = await library.read.listWindow({ filter: { show: 'ready' }, sort: 'name' }, 0, 100);
  const found = await Promise.all(rows.map(({ id }) => library.read.getImage(id)));
  images = found.flatMap((image) => image ?? []);
});
afterAll(async () => {
  await library.close();
  rmSync(folder, { recursive: true, force: true });
});

const named = (name: string): ImageRow => {
  const image = images.find(({ displayName }) => displayName === name);
  if (!image) throw new Error(`no ${name}`);
  return image;
};

describe('a project without an encoder', () => {
  it('suggests images at random, a share of them held out and marked', async () => {
    const suggestions = await suggestImages(library, { count: 10 });
    expect(new Set(suggestions.map(({ imageId }) => imageId)).size).toBe(10);
    expect(suggestions.every(({ reason }) => reason === 'random')).toBe(true);
    expect(suggestions.filter(({ heldOut }) => heldOut)).toHaveLength(2);
    for (const { imageId, heldOut } of suggestions) {
      expect(images.find(({ id }) => id === imageId)?.heldOut).toBe(heldOut);
    }
    expect(await suggestImages(library, { count: 10 })).toEqual(suggestions);
  });

  it('leaves out what it is told to', async () => {
    const exclude = images.slice(1).map(({ id }) => id);
    expect((await suggestImages(library, { count: 5, exclude })).map(({ imageId }) => imageId)).toEqual([
      images[0].id,
    ]);
  });

  it('says that nothing has looked at the images yet', async () => {
    expect(await errorCode(() => findNeighbours(library, { images: [images[0].id], k: 3 }))).toBe(
      'no-embeddings',
    );
    expect(await listAlike(library, images[0].id)).toBeNull();
    expect(await errorCode(() => embedImages(library, { run: null, device: 'cpu' }))).toBe('no-checkpoint');
  });

  it('shows views of its images', async () => {
    const options = { method: 'barlow-twins', preset: 'color-matters', imageSize: 20 };
    const shown = await previewViews(library, {
      ...options,
      images: [images[3].id, 9999 as ImageId, images[5].id],
    });
    expect(shown.rows.map(({ imageId }) => imageId)).toEqual([images[3].id, images[5].id]);
    for (const { views } of shown.rows) {
      expect(views).toHaveLength(4);
      const { width, height, format } = await sharp(views[0].bytes).metadata();
      expect({ width, height, format }).toEqual({ width: 20, height: 20, format: 'png' });
      expect(Buffer.compare(views[0].bytes, views[2].bytes)).not.toBe(0);
    }
    const again = await previewViews(library, { ...options, images: [images[3].id] });
    expect(again.rows[0].views[0].bytes).toEqual(shown.rows[0].views[0].bytes);
    expect(await errorCode(() => previewViews(library, { ...options, preset: 'no', images: [] }))).toBe(
      'invalid-option',
    );
  });

  it('shows originals as they are, converts what browsers do not show, and falls back to what is stored', async () => {
    const jpeg = images.find(({ displayName }) => displayName.endsWith('.jpg')) ?? images[0];
    expect(await readFullPicture(library, jpeg.id)).toMatchObject({
      type: 'image/jpeg',
      from: 'original',
      note: null,
    });
    const tiff = named('photo.tif');
    const converted = await readFullPicture(library, tiff.id);
    expect(converted).toMatchObject({ type: 'image/png', from: 'converted' });
    const { width, height } = await sharp(converted?.bytes).metadata();
    expect({ width, height }).toEqual({ width: 30, height: 40 });
    expect(await readFullPicture(library, 9999 as ImageId)).toBeNull();

    const path = join(photos, 'photo.tif');
    renameSync(path, `${path}.away`);
    const gone = await readFullPicture(library, tiff.id);
    expect(gone).toMatchObject({
      from: 'stored',
      note: expect.stringContaining('the file is gone') as string,
    });
    expect((await sharp(gone?.bytes).metadata()).height).toBeGreaterThan(20);
    writeFileSync(path, 'no longer an image');
    expect(await readFullPicture(library, tiff.id)).toMatchObject({ from: 'stored' });
    renameSync(`${path}.away`, path);
  });
});

describe('a project with an encoder', () => {
  it('pauses while it pretrains, shows neighbours, and can end early and keep what it has', async () => {
    const control = createJobControl();
    const events: TrainingEvent[] = [];
    let rested = false;
    const summary = await pretrainEncoder(
      library,
      recipe,
      (event) => {
        events.push(event);
        if (event.kind === 'epoch' && event.epoch === 1) {
          void control.pause().then(() => {
            rested = true;
            control.finish();
          });
        }
      },
      undefined,
      { control, neighbours: true },
    );
    expect(rested).toBe(true);
    expect(summary.steps).toBeLessThan(summary.totalSteps);
    expect((await library.read.getRun(summary.run))?.state).toBe('done');
    const [shown] = events.filter((event) => event.kind === 'neighbours');
    expect(shown.rows).toHaveLength(6);
    const training = new Set(images.filter(({ heldOut }) => !heldOut).map(({ id }) => id as number));
    expect(shown.rows.every(({ neighbours }) => neighbours.every(({ image }) => training.has(image)))).toBe(
      true,
    );
    expect(events.some((event) => event.kind === 'pause' && event.paused)).toBe(true);
  });

  it('embeds all its images, and finds those that look alike', async () => {
    const progress: number[] = [];
    const set = await embedImages(library, { run: null, device: 'cpu' }, ({ done }) => progress.push(done));
    expect(set).toMatchObject({ count: images.length, dimension: 64 });
    expect(progress).toEqual([images.length]);
    const [list] = await findNeighbours(library, { images: [images[7].id], k: 4 });
    expect(list.query).toBe(images[7].id);
    expect(new Set(list.neighbours.map(({ imageId }) => imageId)).size).toBe(4);
    expect(list.neighbours.map(({ imageId }) => imageId)).not.toContain(images[7].id);
    expect(list.neighbours[0].cosine).toBeLessThanOrEqual(1.001);
    const alike = await listAlike(library, images[7].id);
    expect(alike?.slice(0, 4).map(({ id }) => id)).toEqual(list.neighbours.map(({ imageId }) => imageId));
    const [first] = alike ?? [];
    expect(first.name).toBe(images.find(({ id }) => id === first.id)?.displayName);
  });

  it('suggests typical images, and the least certain ones when asked', async () => {
    const typical = await suggestImages(library, { count: 10 });
    expect(typical.filter(({ heldOut }) => !heldOut).map(({ reason }) => reason)).toEqual(
      Array(8).fill('typical'),
    );
    await labelImages(library, { source: { kind: 'folders' } });
    const labelled = images.filter(({ displayName }) => displayName !== 'photo.tif').map(({ id }) => id);
    const unlabel = labelled.slice(0, 12).map((imageId) => ({ imageId, classId: null }));
    await library.write.setLabels(unlabel, 'person');
    const uncertain = await suggestImages(library, { count: 4, order: 'uncertain', heldOutShare: 0 });
    expect(uncertain).toHaveLength(4);
    const open = new Set<number>([named('photo.tif').id, ...labelled.slice(0, 12)]);
    for (const { imageId, reason, probabilities = [] } of uncertain) {
      expect(reason).toBe('uncertain');
      expect(open.has(imageId)).toBe(true);
      expect(probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1);
      expect(probabilities[0].probability).toBeGreaterThanOrEqual(probabilities[1].probability);
    }
  });

  it('keeps what its classifier answered, image by image, as its confusion matrix counts them', async () => {
    const options = {
      checkpointRun: null,
      encoder: null,
      imageSize: null,
      settings: {},
      seed: 1,
      device: 'cpu',
    } as const;
    const { run, evaluation } = await trainClassifier(library, { ...options, mode: 'probe' }, quiet);
    const check = async (confusion: readonly (readonly number[])[]): Promise<void> => {
      const classIds = (await library.read.requireClassifier(String(run))).classIds;
      for (const [row, counts] of confusion.entries()) {
        for (const [column, count] of counts.entries()) {
          const cell = await library.read.listConfusionCell(run, classIds[row], classIds[column]);
          expect(cell).toHaveLength(count);
        }
      }
    };
    await check(evaluation?.evaluation.confusion ?? []);
    const mistakes = await library.read.listMistakes(run);
    expect(mistakes.length).toBeGreaterThan(0);
    expect(mistakes.every(({ labelClassId, answerClassId }) => labelClassId !== answerClassId)).toBe(true);
    const confidences = mistakes.map(({ confidence }) => confidence);
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
    const measured = await evaluateClassifier(
      library,
      { run: String(run), testFolder: null, device: 'cpu' },
      quiet,
    );
    await check(measured.evaluation.confusion);
  });
});
