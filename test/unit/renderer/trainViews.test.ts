import { describe, expect, it } from 'vitest';
import { cellAfter, cellShade, classNeeds } from '../../../renderer/views/train/classNeeds.ts';
import {
  bestRun,
  measuredShort,
  measuredWords,
  withInterval,
} from '../../../renderer/views/train/trainWords.ts';
import type { ClassifierRun } from '../../../shared/classifierRuns.ts';
import type { RunId } from '../../../shared/records.ts';

const share = (value: number, low: number, high: number, n = 50) => ({ value, low, high, n });

function run(
  id: number,
  accuracy: readonly [number, number, number] | null,
  changes: Partial<ClassifierRun> = {},
) {
  const made: ClassifierRun = {
    ...{
      runId: id as RunId,
      mode: 'probe',
      encoder: 'resnet18',
      pretraining: null,
      state: 'done',
      error: null,
    },
    ...{ trained: true, labels: 9, heldOutLabels: 50, trainingAccuracy: 1, classesLeftOut: [] },
    measured: accuracy && { on: 'held-out', top1: share(...accuracy), top5: null, measuredAt: 1 },
    ...{ startedAt: 1, endedAt: 2 },
    ...changes,
  };
  return made;
}

describe('bestRun', () => {
  it('is the most accurate one, close where the intervals of the two best overlap', () => {
    const good = run(1, [0.9, 0.85, 0.94]);
    expect(bestRun([good, run(2, [0.5, 0.4, 0.6])])).toEqual({ runId: 1, isClose: false });
    expect(bestRun([run(3, [0.88, 0.8, 0.92]), good])).toEqual({ runId: 1, isClose: true });
  });

  it('compares only what was measured alike, and no untrained encoder', () => {
    const top1 = share(0.99, 0.9, 1);
    const crossed = run(2, null, { measured: { on: 'cross-validation', top1, top5: null, measuredAt: 1 } });
    const untrained = run(4, [1, 1, 1], { mode: 'random-encoder' });
    expect(bestRun([run(5, null), untrained, run(3, [0.6, 0.5, 0.7]), crossed])?.runId).toBe(3);
    expect(bestRun([run(5, null)])).toBeNull();
  });
});

describe('the words of a measurement', () => {
  it('say on what, and never round to all or nothing', () => {
    expect(withInterval(share(0.996, 0.98, 0.999))).toBe('99 % (98–99)');
    expect(measuredWords('held-out', 40)).toBe('on 40 held-out images that no training has seen');
    expect(measuredWords('/data/test set/', 1)).toBe('on 1 image of “test set”');
    expect(measuredShort('C:\\data\\test')).toBe('“test”');
  });
});

describe('classNeeds', () => {
  it('lists the worst recognised class first, those without images last, and what each is taken for', () => {
    const perClass = [
      { name: 'oak', n: 10, recall: share(0.9, 0.6, 1), precision: null },
      { name: 'none', n: 0, recall: null, precision: null },
      { name: 'elm', n: 10, recall: share(0.2, 0.1, 0.5), precision: null },
    ];
    const needs = classNeeds(perClass, [
      [9, 0, 1],
      [0, 0, 0],
      [3, 5, 2],
    ]);
    expect(needs.map(({ name }) => name)).toEqual(['elm', 'oak', 'none']);
    expect(needs.map(({ takenFor }) => takenFor)).toEqual([
      { index: 1, images: 5 },
      { index: 2, images: 1 },
      null,
    ]);
  });
});

describe('the confusion matrix', () => {
  it('shades a cell by its share of the row, and never hides what is there', () => {
    expect(cellShade([3, 1, 0], 0)).toBe(0.75);
    expect(cellShade([999, 1], 1)).toBe(0.08);
    expect(cellShade([4, 0], 1)).toBe(0);
  });

  it('is walked through with the arrow keys and stays within', () => {
    expect(cellAfter('ArrowRight', [0, 2], 3)).toEqual([0, 2]);
    expect(cellAfter('ArrowDown', [0, 2], 3)).toEqual([1, 2]);
    expect(cellAfter('Home', [1, 2], 3)).toEqual([1, 0]);
    expect(cellAfter('x', [1, 2], 3)).toBeNull();
  });
});
