import { describe, expect, it } from 'vitest';
import { withinStepLimits } from '../../main/classify/stepLimits.ts';
import { describeReport } from '../../main/cli/reportText.ts';
import { listFractions, summariseCells, type ReportCell } from '../../shared/labelReport.ts';
import { wilsonProportion } from '../../shared/wilsonProportion.ts';

function cell(draw: number, correct: number, fraction = 0.1): ReportCell {
  const top1 = wilsonProportion(correct, 200);
  return { mode: 'probe', fraction, draw, labels: 40, top1, top5: null, seconds: 1 };
}

describe('summariseCells', () => {
  it('takes the mean of the draws, their deviation, and the interval of one measurement', () => {
    const cells = [cell(1, 100), cell(2, 110), cell(3, 120), cell(1, 180, 1)];
    const summary = summariseCells(cells, 'probe', 0.1);
    const { low, high } = wilsonProportion(110, 200);
    expect(summary).toMatchObject({ draws: 3, labels: 40, top5: null });
    expect(summary?.top1.value).toBeCloseTo(0.55);
    expect(summary?.top1.deviation).toBeCloseTo(0.05);
    expect(summary?.top1.low).toBeCloseTo(low);
    expect(summary?.top1.high).toBeCloseTo(high);
  });

  it('has no deviation for a single draw, and nothing where nothing was trained', () => {
    expect(summariseCells([cell(1, 180, 1)], 'probe', 1)?.top1.deviation).toBe(0);
    expect(summariseCells([cell(1, 180, 1)], 'scratch', 1)).toBeNull();
  });
});

it.each([
  [[0.01, 0.1, 1], '1 %, 10 % and all'],
  [[0.005, 1], '0.5 % and all'],
  [[0.2], '20 %'],
])('lists the shares %j in a sentence', (fractions, words) => expect(listFractions(fractions)).toBe(words));

it('tells a report as a table with the labels of each share', () => {
  const text = describeReport({
    pretraining: { runId: 4, method: 'simclr' },
    encoder: 'resnet18 × 0.25',
    heldOut: 200,
    fractions: [0.1, 1],
    draws: 3,
    cells: [cell(1, 100), cell(2, 110), cell(3, 120)],
    planned: 7,
  });
  expect(text).toContain('10 % (40 labels)');
  expect(text).toContain('55.0 ± 5.0 (48.1–61.7)');
  expect(text).not.toContain('Top-5');
});

describe('withinStepLimits', () => {
  const recipe = { steps: 400, batchSize: 16 };

  it('keeps the recipe where they do not reach', () => {
    expect(withinStepLimits(recipe, { minSteps: 10, maxSteps: 1000 })).toEqual(recipe);
  });

  it('raises and lowers the number of steps', () => {
    expect(withinStepLimits(recipe, { minSteps: 500 }).steps).toBe(500);
    expect(withinStepLimits(recipe, { maxSteps: 7 }).steps).toBe(7);
  });
});
