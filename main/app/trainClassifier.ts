import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { appVersion } from '../../shared/appVersion.ts';
import type { Library } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type {
  ClassifierMode,
  EncoderChoice,
  TrainProgress,
  TrainRequest,
  TrainResult,
} from '../../shared/classifying.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { ClassId, ClassRow, ImageId, Json, LabelledSlot, RunId, RunRow } from '../../shared/records.ts';
import { predictionsOf, type LabelledImages } from './predictionsOf.ts';
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
  library: Library,
  options: TrainOptions,
  onProgress: (progress: TrainProgress, run: RunRow) => void,
  signal?: AbortSignal,
): Promise<TrainSummary> {
  const base = await startingPoint(library, options);
  const run = await library.write.createRun({
    kind: options.mode,
    method: base.run?.method ?? null,
    encoder: base.encoder === null ? 'resnet18' : describeEncoder(base.encoder),
    settings: { ...options, encoder: base.encoder && { ...base.encoder }, imageSize: base.imageSize },
    parentRunId: base.checkpoint?.runId ?? null,
    totalSteps: 0,
  });
  return runTraining(library, { run, options, base, onProgress, ...(signal && { signal }) });
}

/** What a classifier starts from. */
interface StartingPoint {
  readonly checkpoint: { readonly path: string; readonly runId: RunId } | null;
  readonly run: RunRow | null;
  readonly encoder: EncoderChoice | null;
  readonly imageSize: number | null;
}

async function startingPoint(library: Library, options: TrainOptions): Promise<StartingPoint> {
  const fresh = options.mode === 'scratch' || options.mode === 'random-encoder';
  const run = await pretrainingRun(library, options.checkpointRun);
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
  const row = run === null ? null : await library.read.latestCheckpoint(run.id);
  if (run === null || row === null) throw genoiseError('no-checkpoint', { run: options.checkpointRun ?? '' });
  return {
    checkpoint: { path: join(library.folder, row.path), runId: run.id },
    run,
    encoder: options.encoder ?? networkOf(run).encoder,
    imageSize: options.imageSize,
  };
}

async function pretrainingRun({ read }: Library, text: string | null): Promise<RunRow | null> {
  if (text === null) return read.latestPretrained();
  const run = await read.requireRun(text);
  if (run.kind !== 'pretrain') {
    const known = (await read.listRuns('pretrain')).map(({ id }) => String(id));
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

async function runTraining(library: Library, training: Training): Promise<TrainSummary> {
  const { run, options, onProgress, signal } = training;
  try {
    const { classes, leftOut } = await usedClasses(library);
    const request = await requestOf(library, training, classes);
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

/**
 * Classes with at least one label to learn from: without any, a class would be an output that never answers.
 * @throws more-classes-than-labels
 */
async function usedClasses({
  read,
}: Library): Promise<{ classes: readonly ClassRow[]; leftOut: readonly ClassRow[] }> {
  const counts = new Map((await read.countLabels()).map((count) => [count.classId, count]));
  const labelled = (await read.listClasses()).filter(({ id }) => {
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

/** A request that knows which images it is about; the worker does not look at that. */
interface TrainOrder extends TrainRequest {
  readonly labelled: LabelledImages;
  readonly heldOut: LabelledImages;
}

async function requestOf(
  library: Library,
  { run, options, base }: Training,
  classes: readonly ClassRow[],
): Promise<TrainOrder> {
  const numbers = new Map(classes.map(({ id }, index) => [id, index]));
  const labels = await library.read.listLabelledSlots();
  return {
    runId: run.id,
    mode: options.mode,
    device: options.device,
    pixelFolder: library.pixelsFolder,
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
    outputPath: join(library.folder, classifierPath(run)),
    appVersion,
  };
}

/** Labels by the classifier's class numbers. A held-out image of a class that it does not know is left out. */
function numbered(labels: readonly LabelledSlot[], numbers: ReadonlyMap<ClassId, number>): LabelledImages {
  const images: ImageId[] = [];
  const slots: number[] = [];
  const classes: number[] = [];
  for (const { imageId, slot, classId } of labels) {
    const number = numbers.get(classId);
    if (number === undefined) continue;
    images.push(imageId);
    slots.push(slot);
    classes.push(number);
  }
  return { images, slots, classes };
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
