import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import type { Library } from '../library/client.ts';
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
  library: Library,
  options: EvaluateOptions,
  onProgress: (progress: EvaluateProgress) => void,
  signal?: AbortSignal,
): Promise<EvaluateSummary> {
  const classifier = await library.read.requireClassifier(options.run);
  const scratchFolder = mkdtempSync(join(tmpdir(), 'genoise-test-'));
  try {
    const request: EvaluateRequest = {
      device: options.device,
      classifierPath: join(library.folder, classifier.path),
      images:
        options.testFolder === null
          ? await heldOutImages(library, classifier)
          : { kind: 'folder', folder: options.testFolder, scratchFolder },
    };
    const result = await runJob('evaluate', request, { onEvent: onProgress, ...(signal && { signal }) });
    const on = options.testFolder ?? result.on;
    await library.write.addEvaluation({ runId: classifier.runId, on, metrics: result.evaluation });
    return { ...result, run: classifier.runId, testFolder: options.testFolder };
  } finally {
    rmSync(scratchFolder, { recursive: true, force: true });
  }
}

async function heldOutImages(
  library: Library,
  { classIds }: ClassifierRow,
): Promise<EvaluateRequest['images']> {
  const numbers = new Map(classIds.map((id, index) => [id, index]));
  const labelled = await library.read.listLabelledSlots();
  const labels = labelled.flatMap(({ slot, classId, heldOut }) => {
    const number = numbers.get(classId);
    return heldOut && number !== undefined ? [{ slot, number }] : [];
  });
  if (labels.length === 0) throw genoiseError('no-held-out-labels', {});
  return {
    kind: 'held-out',
    pixelFolder: library.pixelsFolder,
    labelled: { slots: labels.map(({ slot }) => slot), classes: labels.map(({ number }) => number) },
  };
}
