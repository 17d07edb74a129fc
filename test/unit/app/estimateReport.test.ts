import { expect, it } from 'vitest';
import { estimateReport } from '../../../main/app/estimateReport.ts';
import { wilsonProportion } from '../../../shared/wilsonProportion.ts';
import type { ReportCell, ReportMode } from '../../../shared/labelReport.ts';

const amounts = { labels: 1000, heldOut: 200 };

function cell(mode: ReportMode, fraction: number, seconds: number, draw = 1): ReportCell {
  const top1 = wilsonProportion(100, 200);
  return { mode, fraction, draw, labels: fraction * amounts.labels, top1, top5: null, seconds };
}

it('tells nothing while a way to come has no finished classifier', () => {
  const toCome = [{ mode: 'finetune', fraction: 0.1, draw: 1 }] as const;
  expect(estimateReport([], toCome, amounts)).toBeNull();
  expect(estimateReport([cell('probe', 0.1, 3)], toCome, amounts)).toBeNull();
  expect(estimateReport([], [], amounts)).toBe(0);
});

it('takes the mean of what the same took before, and of the nearest share no other', () => {
  const finished = [cell('probe', 0.01, 1), cell('probe', 0.1, 3, 1), cell('probe', 0.1, 5, 2)];
  expect(estimateReport(finished, [{ mode: 'probe', fraction: 0.1, draw: 3 }], amounts)).toBeCloseTo(4);
});

it('expects more of a larger share', () => {
  const finished = [cell('finetune', 0.1, 10)];
  const one = [{ mode: 'finetune', fraction: 0.1, draw: 2 }] as const;
  const all = [{ mode: 'finetune', fraction: 1, draw: 1 }] as const;
  const seconds = estimateReport(finished, all, amounts) ?? 0;
  expect(seconds).toBeGreaterThan(20);
  expect(estimateReport(finished, [...one, ...all], amounts)).toBeCloseTo(seconds + 10);
});
