import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Library } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type { ClassifierMode, TrainProgress, TrainResult } from '../../shared/classifying.ts';
import type { ClassId, Json, RunId, RunRow } from '../../shared/records.ts';
import { predictionsOf } from './predictionsOf.ts';
import { encoderTitle } from './pretrainEncoder.ts';
import {
  startingPoint,
  trainingOrder,
  usedClasses,
  type StartingPoint,
  type TrainOptions,
  type TrainOrder,
} from './trainingOrder.ts';

export interface TrainSummary extends Pick<TrainResult, 'evaluation' | 'report' | 'imageSize' | 'device'> {
  readonly run: RunId;
  readonly mode: ClassifierMode;
  readonly encoder: string;
  readonly labels: number;
  readonly heldOutLabels: number;
  /** Classes of which no image may be learnt from, because all that have it are held out: not in the classifier. */
  readonly classesLeftOut: readonly string[];
}

/**
 * Trains a classifier on the project's labels, measures it on the held-out ones, and keeps both. A classifier from
 * scratch is shown beside one of mode `random-encoder`, which its caller trains too.
 * @throws no-labels, too-few-classes, more-classes-than-labels, no-checkpoint, checkpoint-corrupted,
 *   checkpoint-other-architecture, device-unavailable, cancelled …
 */
export async function trainClassifier(
  library: Library,
  options: TrainOptions,
  onProgress: (progress: TrainProgress, run: RunRow) => void,
  signal?: AbortSignal,
): Promise<TrainSummary> {
  const base = await startingPoint(library, options);
  const run = await library.write.createRun({
    kind: options.mode,
    method: base.run?.method ?? null,
    encoder: encoderTitle(base.encoder),
    settings: { ...options, encoder: { ...base.encoder }, imageSize: base.imageSize },
    parentRunId: base.checkpoint?.runId ?? null,
    totalSteps: 0,
  });
  return runTraining(library, { run, options, base, onProgress, ...(signal && { signal }) });
}

interface Training {
  readonly run: RunRow;
  readonly options: TrainOptions;
  readonly base: StartingPoint;
  readonly onProgress: (progress: TrainProgress, run: RunRow) => void;
  readonly signal?: AbortSignal;
}

async function runTraining(library: Library, training: Training): Promise<TrainSummary> {
  const { run, options, base, onProgress, signal } = training;
  try {
    const { classes, leftOut } = await usedClasses(library);
    const request = trainingOrder(library.pixelsFolder, {
      ...{ runId: run.id, options, base, classes },
      labels: await library.read.listLabelledSlots(),
      outputPath: join(library.folder, classifierPath(run)),
    });
    mkdirSync(dirname(request.outputPath), { recursive: true });
    const result = await runJob('train', request, {
      onEvent: async (progress) => {
        await library.write.updateRun(run.id, { doneSteps: progress.step, totalSteps: progress.totalSteps });
        onProgress(progress, run);
      },
      ...(signal && { signal }),
    });
    const { evaluation, report, imageSize, device } = result;
    const counts = { labels: request.labelled.slots.length, heldOutLabels: request.heldOut.slots.length };
    const classesLeftOut = leftOut.map(({ name }) => name);
    await keep(
      library,
      { run, request, result, facts: { ...counts, classesLeftOut } },
      classes.map(({ id }) => id),
    );
    return {
      run: run.id,
      mode: options.mode,
      encoder: run.encoder,
      evaluation,
      report,
      imageSize,
      device,
      ...counts,
      classesLeftOut,
    };
  } catch (error) {
    const interrupted = signal?.aborted === true;
    const message = error instanceof Error ? error.message : String(error);
    await library.write.endRun(run.id, interrupted ? 'interrupted' : 'failed', interrupted ? null : message);
    throw error;
  }
}

interface Finished {
  readonly run: RunRow;
  readonly request: TrainOrder;
  readonly result: TrainResult;
  /** Kept with the run, for people who compare it with others. */
  readonly facts: Pick<TrainSummary, 'labels' | 'heldOutLabels' | 'classesLeftOut'>;
}

async function keep(
  { write }: Library,
  { run, request, result, facts }: Finished,
  classIds: readonly ClassId[],
): Promise<void> {
  const { report, device: usedDevice, evaluation, answers, imageSize } = result;
  const on = evaluation?.on === 'held-out' ? 'held-out' : 'cross-validation';
  const measured = on === 'held-out' ? request.heldOut : request.labelled;
  await write.keepTraining({
    classifier: { runId: run.id, path: classifierPath(run), classIds, imageSize },
    evaluation: evaluation && { on: evaluation.on, metrics: evaluation.evaluation },
    answers: answers && { on, predictions: predictionsOf(measured, answers, classIds) },
    settings: {
      ...(run.settings as Readonly<Record<string, Json>>),
      report,
      usedDevice,
      measuredBy: evaluation?.on ?? null,
      ...facts,
    },
    steps: result.totalSteps,
  });
}

/** Below the project's folder. */
function classifierPath(run: RunRow): string {
  return `checkpoints/${run.id}/classifier.safetensors`;
}
