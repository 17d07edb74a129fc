import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { appVersion } from '../../shared/appVersion.ts';
import { latestCheckpoint } from '../library/checkpoints.ts';
import { setClassifier } from '../library/classifiers.ts';
import { listClasses } from '../library/classes.ts';
import { addEvaluation } from '../library/evaluations.ts';
import { countLabels, listLabelledSlots } from '../library/labels.ts';
import { openProject, type Project } from '../library/project.ts';
import { createRun, endRun, listRuns, requireRun, updateRun } from '../library/runs.ts';
import { runJob } from '../worker/host.ts';
import type {
  ClassifierMode,
  EncoderChoice,
  TrainProgress,
  TrainRequest,
  TrainResult,
} from '../../shared/classifying.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { ClassId, ClassRow, Json, LabelledSlot, RunId, RunRow } from '../../shared/records.ts';
import type { LabelledSlots } from '../../shared/trainingEvents.ts';
import { describeEncoder } from './pretrainEncoder.ts';

export interface TrainOptions {
  readonly mode: ClassifierMode;
  /** Number of the pretraining run to start from; null: the newest one with a checkpoint. */
  readonly checkpointRun: string | null;
  /** For `scratch` and `random-encoder`: null takes the newest pretraining's, or a ResNet-18. */
  readonly encoder: EncoderChoice | null;
  readonly imageSize: number | null;
  readonly settings: Readonly<Record<string, Json>>;
  readonly seed: number;
  readonly device: DeviceChoice;
}

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
  folder: string,
  options: TrainOptions,
  onProgress: (progress: TrainProgress, run: RunRow) => void,
  signal?: AbortSignal,
): Promise<TrainSummary> {
  const project = openProject(folder);
  try {
    const base = startingPoint(project, options);
    const run = createRun(project.db, {
      kind: options.mode,
      method: base.run?.method ?? null,
      encoder: base.encoder === null ? 'resnet18' : describeEncoder(base.encoder),
      settings: { ...options, encoder: base.encoder && { ...base.encoder }, imageSize: base.imageSize },
      parentRunId: base.checkpoint?.runId ?? null,
      totalSteps: 0,
    });
    return await runTraining(project, { run, options, base, onProgress, ...(signal && { signal }) });
  } finally {
    project.close();
  }
}

/** What a classifier starts from. */
interface StartingPoint {
  readonly checkpoint: { readonly path: string; readonly runId: RunId } | null;
  readonly run: RunRow | null;
  readonly encoder: EncoderChoice | null;
  readonly imageSize: number | null;
}

function startingPoint(project: Project, options: TrainOptions): StartingPoint {
  const fresh = options.mode === 'scratch' || options.mode === 'random-encoder';
  const run = pretrainingRun(project, options.checkpointRun);
  if (fresh) {
    // The same network as the pretrained one, so that the two can be compared.
    const like = run === null ? { encoder: null, imageSize: null } : networkOf(run);
    const { encoder, imageSize } = options;
    return {
      checkpoint: null,
      run: null,
      encoder: encoder ?? like.encoder,
      imageSize: imageSize ?? like.imageSize,
    };
  }
  const row = run === null ? null : latestCheckpoint(project.db, run.id);
  if (run === null || row === null) throw genoiseError('no-checkpoint', { run: options.checkpointRun ?? '' });
  return {
    checkpoint: { path: join(project.folder, row.path), runId: run.id },
    run,
    encoder: options.encoder ?? networkOf(run).encoder,
    imageSize: options.imageSize,
  };
}

function pretrainingRun({ db }: Project, text: string | null): RunRow | null {
  if (text === null)
    return listRuns(db, 'pretrain').findLast((run) => latestCheckpoint(db, run.id) !== null) ?? null;
  const run = requireRun(db, text);
  if (run.kind !== 'pretrain') {
    const known = listRuns(db, 'pretrain').map(({ id }) => String(id));
    throw genoiseError('run-not-found', { run: `${text} of pretraining`, known });
  }
  return run;
}

/** The network of a pretraining run, as its row keeps it. */
function networkOf(run: RunRow): Pick<StartingPoint, 'encoder' | 'imageSize'> {
  const { encoder, plan } = run.settings as unknown as {
    readonly encoder: EncoderChoice;
    readonly plan?: { readonly imageSize?: number };
  };
  return { encoder: { name: encoder.name, width: encoder.width }, imageSize: plan?.imageSize ?? null };
}

interface Training {
  readonly run: RunRow;
  readonly options: TrainOptions;
  readonly base: StartingPoint;
  readonly onProgress: (progress: TrainProgress, run: RunRow) => void;
  readonly signal?: AbortSignal;
}

async function runTraining(project: Project, training: Training): Promise<TrainSummary> {
  const { run, options, onProgress, signal } = training;
  const { db } = project;
  try {
    const { classes, leftOut } = usedClasses(project);
    const request = requestOf(project, training, classes);
    mkdirSync(dirname(request.outputPath), { recursive: true });
    const result = await runJob('train', request, {
      onEvent: (progress) => {
        updateRun(db, run.id, { doneSteps: progress.step, totalSteps: progress.totalSteps });
        onProgress(progress, run);
      },
      ...(signal && { signal }),
    });
    keep(
      project,
      training,
      result,
      classes.map(({ id }) => id),
    );
    const { evaluation, report, imageSize, device } = result;
    const counts = { labels: request.labelled.slots.length, heldOutLabels: request.heldOut.slots.length };
    return {
      run: run.id,
      mode: options.mode,
      encoder: run.encoder,
      evaluation,
      report,
      imageSize,
      device,
      ...counts,
      classesLeftOut: leftOut.map(({ name }) => name),
    };
  } catch (error) {
    const interrupted = signal?.aborted === true;
    const message = error instanceof Error ? error.message : String(error);
    endRun(db, run.id, interrupted ? 'interrupted' : 'failed', interrupted ? null : message);
    throw error;
  }
}

/**
 * Classes with at least one label to learn from: without any, a class would be an output that never answers.
 * @throws more-classes-than-labels
 */
function usedClasses({ db }: Project): { classes: readonly ClassRow[]; leftOut: readonly ClassRow[] } {
  const counts = new Map(countLabels(db).map((count) => [count.classId, count]));
  const labelled = listClasses(db).filter(({ id }) => {
    const { training = 0, heldOut = 0 } = counts.get(id) ?? {};
    return training + heldOut > 0;
  });
  const labels = [...counts.values()].reduce((sum, { training }) => sum + training, 0);
  if (labels > 0 && labelled.length > labels) {
    throw genoiseError('more-classes-than-labels', { classes: labelled.length, labels });
  }
  const learnable = (row: ClassRow): boolean => (counts.get(row.id)?.training ?? 0) > 0;
  return { classes: labelled.filter(learnable), leftOut: labelled.filter((row) => !learnable(row)) };
}

function requestOf(
  project: Project,
  { run, options, base }: Training,
  classes: readonly ClassRow[],
): TrainRequest {
  const numbers = new Map(classes.map(({ id }, index) => [id, index]));
  const labels = listLabelledSlots(project.db);
  return {
    runId: run.id,
    mode: options.mode,
    device: options.device,
    pixelFolder: project.pixelsFolder,
    checkpoint: base.checkpoint,
    encoder: base.encoder,
    imageSize: base.imageSize,
    classes: classes.map(({ name }) => name),
    labelled: numbered(
      labels.filter((label) => !label.heldOut),
      numbers,
    ),
    heldOut: numbered(
      labels.filter((label) => label.heldOut),
      numbers,
    ),
    settings: options.settings,
    seed: options.seed,
    outputPath: join(project.folder, classifierPath(run)),
    appVersion,
  };
}

/** Labels by the classifier's class numbers. A held-out image of a class that it does not know is left out. */
function numbered(labels: readonly LabelledSlot[], numbers: ReadonlyMap<ClassId, number>): LabelledSlots {
  const slots: number[] = [];
  const classes: number[] = [];
  for (const { slot, classId } of labels) {
    const number = numbers.get(classId);
    if (number === undefined) continue;
    slots.push(slot);
    classes.push(number);
  }
  return { slots, classes };
}

function keep(project: Project, { run }: Training, result: TrainResult, classIds: readonly ClassId[]): void {
  const { db } = project;
  setClassifier(db, { runId: run.id, path: classifierPath(run), classIds, imageSize: result.imageSize });
  if (result.evaluation !== null) {
    addEvaluation(db, { runId: run.id, on: result.evaluation.on, metrics: result.evaluation.evaluation });
  }
  const { report, device: usedDevice } = result;
  const settings = { ...(run.settings as Readonly<Record<string, Json>>), report, usedDevice };
  updateRun(db, run.id, { settings, doneSteps: result.totalSteps, totalSteps: result.totalSteps });
  endRun(db, run.id, 'done');
}

/** Below the project's folder. */
function classifierPath(run: RunRow): string {
  return `checkpoints/${run.id}/classifier.safetensors`;
}
