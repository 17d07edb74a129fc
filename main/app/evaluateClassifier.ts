import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { getClassifier, latestClassifier } from '../library/classifiers.ts';
import { addEvaluation } from '../library/evaluations.ts';
import { listLabelledSlots } from '../library/labels.ts';
import { openProject, type Project } from '../library/project.ts';
import { requireRun } from '../library/runs.ts';
import { runJob } from '../worker/host.ts';
import type { EvaluateProgress, EvaluateRequest, EvaluateResult } from '../../shared/classifying.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { ClassifierRow, RunId } from '../../shared/records.ts';

export interface EvaluateOptions {
  /** Number of a classifier's run; null: the newest. */
  readonly run: string | null;
  /** A folder with a subfolder for each class; null: the project's held-out images. */
  readonly testFolder: string | null;
  readonly device: DeviceChoice;
}

export interface EvaluateSummary extends EvaluateResult {
  readonly run: RunId;
  readonly testFolder: string | null;
}

/**
 * Measures a classifier on the held-out images or on a folder of test images, and keeps the measurement.
 * @throws no-classifier, no-held-out-labels, no-such-folder, no-images, test-class-unknown, checkpoint-corrupted …
 */
export async function evaluateClassifier(
  folder: string,
  options: EvaluateOptions,
  onProgress: (progress: EvaluateProgress) => void,
  signal?: AbortSignal,
): Promise<EvaluateSummary> {
  const project = openProject(folder);
  const scratchFolder = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  try {
    const classifier = classifierOf(project, options.run);
    const request: EvaluateRequest = {
      device: options.device,
      classifierPath: join(project.folder, classifier.path),
      images:
        options.testFolder === null
          ? heldOutImages(project, classifier)
          : { kind: 'folder', folder: options.testFolder, scratchFolder },
    };
    const result = await runJob('evaluate', request, { onEvent: onProgress, ...(signal && { signal }) });
    const on = options.testFolder ?? result.on;
    addEvaluation(project.db, { runId: classifier.runId, on, metrics: result.evaluation });
    return { ...result, run: classifier.runId, testFolder: options.testFolder };
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
    project.close();
  }
}

/** The classifier of a run, or the newest one. @throws run-not-found, no-classifier */
export function classifierOf({ db }: Project, run: string | null): ClassifierRow {
  const classifier = run === null ? latestClassifier(db) : getClassifier(db, requireRun(db, run).id);
  if (classifier === null) throw genoiseError('no-classifier', {});
  return classifier;
}

function heldOutImages(project: Project, { classIds }: ClassifierRow): EvaluateRequest['images'] {
  const numbers = new Map(classIds.map((id, index) => [id, index]));
  const labels = listLabelledSlots(project.db).flatMap(({ slot, classId, heldOut }) => {
    const number = numbers.get(classId);
    return heldOut && number !== undefined ? [{ slot, number }] : [];
  });
  if (labels.length === 0) throw genoiseError('no-held-out-labels', {});
  return {
    kind: 'held-out',
    pixelFolder: project.pixelsFolder,
    labelled: { slots: labels.map(({ slot }) => slot), classes: labels.map(({ number }) => number) },
  };
}
