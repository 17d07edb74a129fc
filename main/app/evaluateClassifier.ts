import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { Library } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import { predictionsOf, type LabelledImages } from './predictionsOf.ts';
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

export interface EvaluateSummary extends Omit<EvaluateResult, 'answers'> {
  readonly run: RunId;
  readonly testFolder: string | null;
}

/**
 * Measures a classifier on the held-out images or on a folder of test images, and keeps the measurement.
 * @throws no-classifier, no-held-out-labels, no-such-folder, no-images, test-class-unknown, checkpoint-corrupted …
 */
export async function evaluateClassifier(
  library: Library,
  options: EvaluateOptions,
  onProgress: (progress: EvaluateProgress) => void,
  signal?: AbortSignal,
): Promise<EvaluateSummary> {
  const classifier = await library.read.requireClassifier(options.run);
  const heldOut = options.testFolder === null ? await heldOutImages(library, classifier) : null;
  const scratchFolder = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  try {
    const request: EvaluateRequest = {
      device: options.device,
      classifierPath: join(library.folder, classifier.path),
      images: heldOut
        ? { kind: 'held-out', pixelFolder: library.pixelsFolder, labelled: heldOut }
        : { kind: 'folder', folder: options.testFolder ?? '', scratchFolder },
    };
    const job = await runJob('evaluate', request, { onEvent: onProgress, ...(signal && { signal }) });
    const { answers, ...result } = job;
    const { runId, classIds } = classifier;
    const on = options.testFolder ?? result.on;
    await library.write.addEvaluation({ runId, on, metrics: result.evaluation });
    if (heldOut) {
      await library.write.setPredictions(runId, 'held-out', predictionsOf(heldOut, answers, classIds));
    }
    return { ...result, run: runId, testFolder: options.testFolder };
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

/** @throws no-held-out-labels */
async function heldOutImages(library: Library, { classIds }: ClassifierRow): Promise<LabelledImages> {
  const numbers = new Map(classIds.map((id, index) => [id, index]));
  const labelled = await library.read.listLabelledSlots();
  const labels = labelled.flatMap(({ imageId, slot, classId, heldOut }) => {
    const number = numbers.get(classId);
    return heldOut && number !== undefined ? [{ imageId, slot, number }] : [];
  });
  if (labels.length === 0) throw genoiseError('no-held-out-labels', {});
  return {
    images: labels.map(({ imageId }) => imageId),
    slots: labels.map(({ slot }) => slot),
    classes: labels.map(({ number }) => number),
  };
}
