import { expect, it } from 'vitest';
import { estimateSeconds, usualSpeed, workOf } from '../../../main/app/estimateTraining.ts';
import type { Json, RunId, RunKind, RunRow } from '../../../shared/records.ts';

function run(kind: RunKind, seconds: number, settings: Json, changes: Partial<RunRow> = {}): RunRow {
  const rest = {
    method: null,
    encoder: 'resnet18',
    error: null,
    parentRunId: null,
    totalSteps: 100,
    doneSteps: 100,
  };
  return {
    ...{ id: 1 as RunId, kind, settings, state: 'done', startedAt: 0, endedAt: seconds * 1000 },
    ...rest,
    ...changes,
  };
}

const amount = { labels: 200, heldOutLabels: 40, measuredBy: 'held-out' } as const;

it('takes the speed of the newest run that tells one', () => {
  const pretraining = run('pretrain', 10, { plan: { batchSize: 20 } });
  expect(usualSpeed([pretraining])).toBe((100 * 20 * 6) / 10);
  expect(usualSpeed([pretraining, run('probe', 99, { ...amount })])).toBe(1200);
  expect(usualSpeed([pretraining, run('finetune', 25, { ...amount })])).toBe(workOf('finetune', amount) / 20);
  const known = { ...amount, report: { settings: { batchSize: 50 } } };
  expect(usualSpeed([run('finetune', 25, known)])).toBe((3 * 100 * 50) / 20);
  expect(usualSpeed([run('finetune', 25, { ...amount }, { state: 'interrupted' })])).toBeNull();
});

it('knows that a probe is quick, and cross-validation slow', () => {
  const [probe, finetune, scratch] = (['probe', 'finetune', 'scratch'] as const).map(
    (mode) => estimateSeconds(mode, amount, 1000) ?? 0,
  );
  expect(probe).toBeLessThan(10);
  expect(finetune).toBeGreaterThan(probe);
  expect(scratch).toBeGreaterThan(finetune);
  const crossed = { ...amount, measuredBy: 'cross-validation' } as const;
  expect(estimateSeconds('finetune', crossed, 1000)).toBeGreaterThan(4 * finetune);
  expect(estimateSeconds('finetune', amount, null)).toBeNull();
});
