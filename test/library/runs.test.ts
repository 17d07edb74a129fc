import { describe, expect, it } from 'vitest';
import {
  addCheckpoint,
  latestCheckpoint,
  listCheckpoints,
  removeCheckpoint,
} from '../../main/library/checkpoints.ts';
import { getClassifier, latestClassifier, setClassifier } from '../../main/library/classifiers.ts';
import type { WritableDatabase } from '../../main/library/database.ts';
import { addEvaluation, listEvaluations } from '../../main/library/evaluations.ts';
import { addMetrics, dropMetricsAfter, latestMetrics, listMetrics } from '../../main/library/metrics.ts';
import { createRun, endRun, listRuns, requireRun, updateRun } from '../../main/library/runs.ts';
import type { ClassId, RunRow } from '../../shared/records.ts';
import { errorCode } from '../helpers/errorCode.ts';
import { emptyProject } from '../helpers/projectWithImages.ts';

function newRun(
  db: WritableDatabase,
  kind: RunRow['kind'] = 'pretrain',
  parent: RunRow | null = null,
): RunRow {
  return createRun(db, {
    kind,
    method: kind === 'pretrain' ? 'simclr' : null,
    encoder: 'resnet18',
    settings: { batch: 128, views: [{ size: 32 }], resume: null },
    parentRunId: parent?.id ?? null,
    totalSteps: 0,
  });
}

describe('runs', () => {
  it('go from running to an end, their settings unharmed', () => {
    const { db } = emptyProject();
    const run = newRun(db);
    expect(run).toMatchObject({ state: 'running', doneSteps: 0, endedAt: null, parentRunId: null });
    expect(run.settings).toEqual({ batch: 128, views: [{ size: 32 }], resume: null });
    updateRun(db, run.id, { totalSteps: 500, doneSteps: 20 });
    const ended = endRun(db, run.id, 'failed', 'The disk is full.');
    expect(ended).toMatchObject({
      totalSteps: 500,
      doneSteps: 20,
      state: 'failed',
      error: 'The disk is full.',
    });
    expect(ended.endedAt).toBeGreaterThanOrEqual(ended.startedAt);
  });

  it('are found by number and listed by kind', async () => {
    const { db } = emptyProject();
    const pretrain = newRun(db);
    const probe = newRun(db, 'probe', pretrain);
    expect(requireRun(db, String(probe.id)).parentRunId).toBe(pretrain.id);
    expect(listRuns(db, 'probe').map((run) => run.id)).toEqual([probe.id]);
    expect(listRuns(db)).toHaveLength(2);
    expect(await errorCode(() => requireRun(db, '77'))).toBe('run-not-found');
    expect(await errorCode(() => requireRun(db, 'last'))).toBe('run-not-found');
  });
});

describe('metrics', () => {
  it('are curves by step; a resumed run writes over what it repeats', () => {
    const { db } = emptyProject();
    const { id: runId } = newRun(db);
    addMetrics(
      db,
      [1, 2, 3].map((step) => ({ runId, step, name: 'loss', value: 10 - step })),
    );
    addMetrics(db, [
      { runId, step: 2, name: 'knn', value: 0.5 },
      { runId, step: 3, name: 'loss', value: 1.5 },
    ]);
    addMetrics(db, [{ runId, step: 4, name: 'loss', value: NaN }]);
    expect(listMetrics(db, runId, 'loss').map((row) => row.value)).toEqual([9, 8, 1.5]);
    expect(latestMetrics(db, runId)).toEqual([
      { runId, step: 2, name: 'knn', value: 0.5 },
      { runId, step: 3, name: 'loss', value: 1.5 },
    ]);
    dropMetricsAfter(db, runId, 1);
    expect(latestMetrics(db, runId)).toEqual([{ runId, step: 1, name: 'loss', value: 9 }]);
  });
});

describe('checkpoints', () => {
  it('give the one with the most steps; a file written over keeps one row', () => {
    const { db } = emptyProject();
    const { id: runId } = newRun(db);
    expect(latestCheckpoint(db, runId)).toBeNull();
    addCheckpoint(db, { runId, path: 'checkpoints/b', step: 200, sha256: 'bb' });
    addCheckpoint(db, { runId, path: 'checkpoints/a', step: 100, sha256: 'aa' });
    expect(latestCheckpoint(db, runId)).toMatchObject({ step: 200, sha256: 'bb' });
    addCheckpoint(db, { runId, path: 'checkpoints/a', step: 300, sha256: 'cc' });
    expect(listCheckpoints(db, runId).map((row) => row.step)).toEqual([200, 300]);
    removeCheckpoint(db, listCheckpoints(db, runId)[1].id);
    expect(latestCheckpoint(db, runId)?.step).toBe(200);
  });
});

describe('classifiers and evaluations', () => {
  it('keep the order of the outputs and every measurement', () => {
    const { db } = emptyProject();
    const first = newRun(db, 'probe');
    const second = newRun(db, 'finetune');
    const toCompareWith = newRun(db, 'random-encoder');
    expect(latestClassifier(db)).toBeNull();
    for (const run of [second, toCompareWith, first]) {
      const classIds = [3, 1, 2] as ClassId[];
      setClassifier(db, { runId: run.id, path: `checkpoints/${run.id}`, classIds, imageSize: 64 });
    }
    expect(latestClassifier(db)?.runId).toBe(second.id);
    expect(getClassifier(db, first.id)).toMatchObject({ classIds: [3, 1, 2], imageSize: 64 });
    addEvaluation(db, { runId: first.id, on: 'held-out', metrics: { top1: 0.5, n: 30 } });
    addEvaluation(db, { runId: first.id, on: '/test', metrics: { top1: 0.4, n: 90 } });
    expect(listEvaluations(db, first.id)).toMatchObject([
      { on: 'held-out', metrics: { top1: 0.5, n: 30 } },
      { on: '/test', metrics: { top1: 0.4, n: 90 } },
    ]);
  });
});
