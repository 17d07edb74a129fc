import { describe, expect, it } from 'vitest';
import { createEncoder } from '../../../main/nn/createEncoder.ts';
import { encoderNames } from '../../../main/nn/encoder.ts';
import { methods } from '../../../main/ssl/methods.ts';
import { viewPresets } from '../../../main/ssl/views/presets.ts';
import { mergeTraining } from '../../../shared/mergeTraining.ts';
import {
  encoderChoices,
  methodChoices,
  mostCurvePoints,
  presetChoices,
  recipeOf,
  thinCurve,
  usualEncoder,
  type PretrainRun,
  type PretrainView,
} from '../../../shared/pretraining.ts';
import type { RunId } from '../../../shared/records.ts';
import type { ProgressEvent, TrainingEvent } from '../../../shared/trainingEvents.ts';

describe('what can be chosen', () => {
  it('is what there is', () => {
    expect(methodChoices.map(({ name, title }) => ({ name, title }))).toEqual(
      methods.map(({ name, title }) => ({ name, title })),
    );
    expect(methods.map(({ name, recipe = null }) => ({ name, recipe }))).toEqual(
      methodChoices.map(({ name }) => ({ name, recipe: recipeOf(name) })),
    );
    expect(encoderChoices.map(({ name }) => name)).toEqual(encoderNames);
    expect(presetChoices.map(({ name }) => name)).toEqual(viewPresets.map(({ name }) => name));
    for (const { name } of encoderChoices) {
      expect(createEncoder({ name, width: 0.125, stem: 'small' }).featureCount).toBeGreaterThan(0);
    }
  });

  it('has an encoder for each method: its own, or the usual one', () => {
    expect(usualEncoder('seer')).toBe('regnet_y_400mf');
    expect(usualEncoder('simclr')).toBe('resnet18');
  });
});

const run: PretrainRun = {
  ...{ id: 3 as RunId, state: 'running', error: null, method: 'simclr', encoder: 'resnet18' },
  ...{ doneSteps: 0, totalSteps: 0, startedAt: 0, endedAt: null, imageSize: null, batchSize: null },
  ...{ stepsPerEpoch: null, device: null, preset: 'natural', time: { epochs: 2 } },
};
const fresh: PretrainView = { run, loss: [], knn: [], newest: {} };

const progress = (step: number, loss = step): ProgressEvent => ({
  ...{ kind: 'progress', epoch: 1, step, totalSteps: 10_000, loss },
  ...{ imagesPerSecond: 90, etaSeconds: 5, waitingShare: 0.1 },
});
const started = (step: number): TrainingEvent => ({
  ...{ kind: 'started', step, totalSteps: 100, stepsPerEpoch: 10, batchSize: 8, imageSize: 32 },
  ...{ device: 'cpu', plan: {}, skipped: [] },
});
const after = (...events: TrainingEvent[]): PretrainView => events.reduce(mergeTraining, fresh);

describe('reports of a training', () => {
  it('make the curve and the newest figures', () => {
    const view = after(started(0), progress(1, 3), progress(2, 2.5));
    expect(view.loss).toEqual([
      { step: 1, value: 3 },
      { step: 2, value: 2.5 },
    ]);
    expect(view.newest.progress?.step).toBe(2);
    expect(view.run).toMatchObject({ doneSteps: 2, batchSize: 8, imageSize: 32, device: 'cpu' });
  });

  it('change nothing when they are known already', () => {
    const view = after(progress(1), progress(2));
    expect(mergeTraining(view, progress(1)).loss).toEqual(view.loss);
  });

  it('begin again after the checkpoint of a resumed run', () => {
    const view = after(progress(1), progress(2), progress(3), started(2), progress(3, 9));
    expect(view.loss.map(({ value }) => value)).toEqual([1, 2, 9]);
  });

  it('keep the first neighbours beside the newest', () => {
    const [first, second] = [0, 50].map((step): TrainingEvent => ({
      ...{ kind: 'neighbours', epoch: 1, step, rows: [] },
    }));
    const { newest } = after(first, second);
    expect([newest.firstNeighbours?.step, newest.neighbours?.step]).toEqual([0, 50]);
  });

  it('of a long run stay few, and the last one is among them', () => {
    const view = after(...Array.from({ length: 9000 }, (_, i) => progress(i + 1)));
    expect(view.loss.length).toBeLessThanOrEqual(2 * mostCurvePoints);
    expect(view.loss.at(-1)?.step).toBe(9000);
    const early = view.loss.filter(({ step }) => step <= 4500).length;
    expect(early).toBeGreaterThan(view.loss.length / 4);
    expect(view.loss[0].step).toBe(1);
  });
});

describe('a thinned curve', () => {
  const points = (count: number) => Array.from({ length: count }, (_, step) => ({ step, value: step }));

  it('is the curve while it is short', () => {
    expect(thinCurve(points(5), 5)).toHaveLength(5);
  });

  it('has no more points than can be seen, at even distances from the first to the last', () => {
    expect(thinCurve(points(11), 5).map(({ step }) => step)).toEqual([0, 3, 5, 8, 10]);
  });
});
