import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { importImages } from '../../main/app/importImages.ts';
import { labelImages } from '../../main/app/labelImages.ts';
import { pretrainEncoder, resumePretraining, type PretrainOptions } from '../../main/app/pretrainEncoder.ts';
import { projectStatus } from '../../main/app/projectStatus.ts';
import { trainClassifier } from '../../main/app/trainClassifier.ts';
import type { TrainOptions } from '../../main/app/trainingOrder.ts';
import { sampleClasses, writeSampleImages } from '../../main/importer/sampleImages.ts';
import { openLibrary, type Library } from '../../main/library/client.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { temporaryFolder } from '../helpers/temporaryFolder.ts';

// Each job starts a process, which takes its time where the processor is shared.
vi.setConfig({ testTimeout: 120_000 });

const count = 8 * sampleClasses.length;
const quiet = (): void => undefined;

const recipe: PretrainOptions = {
  ...{ method: 'simclr', settings: {}, encoder: { name: 'resnet18', width: 0.125 }, imageSize: 16 },
  ...{
    batchSize: 8,
    epochs: 1,
    minutes: null,
    learningRate: null,
    preset: 'natural',
    seed: 1,
    device: 'cpu',
  },
};
const probe: TrainOptions = {
  ...{
    mode: 'probe',
    checkpointRun: null,
    encoder: null,
    imageSize: null,
    settings: {},
    seed: 1,
    device: 'cpu',
  },
};

/** Reads windows of the project without a pause until it is told to stop; how many images each listed. */
function browse({ read }: Library): { stop(): Promise<readonly number[]> } {
  const totals: number[] = [];
  let browsing = true;
  const reading = (async () => {
    while (browsing) {
      const query = { filter: { show: 'ready' }, sort: 'imported' } as const;
      const { total, rows } = await read.listWindow(query, 0, 20);
      expect(rows).toHaveLength(Math.min(20, total));
      totals.push(total);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  return {
    async stop() {
      browsing = false;
      await reading;
      return totals;
    },
  };
}

describe('an application that keeps one project open', () => {
  it('imports, labels, pretrains and trains, and shows windows and takes labels all the while', async () => {
    const photos = temporaryFolder();
    await writeSampleImages(photos, { count, seed: 1, side: 20 });
    const folder = join(temporaryFolder(), 'new', 'project');
    const library = await openLibrary(folder, { create: { seed: 'a', heldOutFraction: 0.5 } });
    const browsing = browse(library);
    onTestFinished(async () => {
      await browsing.stop();
      await library.close();
    });

    const imported = await importImages(library, { folders: [photos] }, quiet);
    expect(imported).toMatchObject({
      found: count,
      images: count,
      heldOut: count / 2,
      unreadable: [],
      notes: [],
    });
    const labelled = await labelImages(library, { source: { kind: 'folders' } });
    expect(labelled).toMatchObject({ given: count, changed: count, removed: 0 });

    const refusals: (string | null)[] = [];
    const { steps, run } = await pretrainEncoder(library, recipe, (event, { id }) => {
      // A run that is at work is not to be taken for one that was left.
      if (event.kind === 'started')
        void errorCode(() => resumePretraining(library, String(id), quiet)).then((code) =>
          refusals.push(code),
        );
    });
    expect(refusals).toEqual(['run-not-resumable']);
    expect(steps).toBeGreaterThan(1);

    let labelledMeanwhile: Promise<number> | undefined;
    const summary = await trainClassifier(library, probe, () => {
      labelledMeanwhile ??= library.write.undoLabels().then((step) => step?.labels.length ?? 0);
    });
    expect(await labelledMeanwhile).toBe(count);
    expect(summary).toMatchObject({ mode: 'probe', labels: count / 2 });

    const totals = await browsing.stop();
    expect(totals[0]).toBe(0);
    expect(totals.at(-1)).toBe(count);
    const status = await projectStatus(library);
    expect(status.runs).toMatchObject([
      { id: run, state: 'done', doneSteps: steps },
      { id: summary.run, state: 'done', parentRunId: run },
    ]);
    expect(status.classes.map((each) => each.training + each.heldOut)).toEqual(sampleClasses.map(() => 0));
    const classifier = await library.read.requireClassifier(null);
    expect(existsSync(join(library.folder, classifier.path))).toBe(true);
  });
});
