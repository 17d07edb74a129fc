import { join } from 'node:path';
import { appVersion } from '../../shared/appVersion.ts';
import { defaultEncoder } from '../../shared/classifying.ts';
import { genoiseError } from '../../shared/errors.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import type { ClassifierMode, EncoderChoice, TrainRequest } from '../../shared/classifying.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { ClassId, ClassRow, ImageId, Json, LabelledSlot, RunId, RunRow } from '../../shared/records.ts';
import type { LabelledImages } from './predictionsOf.ts';

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

/** What a classifier starts from. */
export interface StartingPoint {
  readonly checkpoint: { readonly path: string; readonly runId: RunId } | null;
  readonly run: RunRow | null;
  readonly encoder: EncoderChoice;
  readonly imageSize: number | null;
}

export async function startingPoint(library: ReadOnlyLibrary, options: TrainOptions): Promise<StartingPoint> {
  const fresh = options.mode === 'scratch' || options.mode === 'random-encoder';
  const run = await pretrainingRun(library, options.checkpointRun);
  if (fresh) {
    // The same network as the pretrained one, so that the two can be compared.
    const like = run === null ? { encoder: defaultEncoder, imageSize: null } : networkOf(run);
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

async function pretrainingRun({ read }: ReadOnlyLibrary, text: string | null): Promise<RunRow | null> {
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

/**
 * Classes with at least one label to learn from: without any, a class would be an output that never answers.
 * @throws more-classes-than-labels
 */
export async function usedClasses({
  read,
}: ReadOnlyLibrary): Promise<{ classes: readonly ClassRow[]; leftOut: readonly ClassRow[] }> {
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
export interface TrainOrder extends TrainRequest {
  readonly labelled: LabelledImages;
  readonly heldOut: LabelledImages;
}

/** What is to be trained, on which labels, and where the file goes. */
export interface TrainingWish {
  readonly runId: number;
  readonly options: TrainOptions;
  readonly base: StartingPoint;
  readonly classes: readonly ClassRow[];
  readonly labels: readonly LabelledSlot[];
  /** Absolute path. */
  readonly outputPath: string;
}

export function trainingOrder(pixelFolder: string, wish: TrainingWish): TrainOrder {
  const { runId, options, base, classes, labels, outputPath } = wish;
  const numbers = new Map(classes.map(({ id }, index) => [id, index]));
  const part = (heldOut: boolean): LabelledImages =>
    numbered(
      labels.filter((label) => label.heldOut === heldOut),
      numbers,
    );
  return {
    runId,
    mode: options.mode,
    device: options.device,
    pixelFolder,
    checkpoint: base.checkpoint,
    encoder: base.encoder,
    imageSize: base.imageSize,
    classes: classes.map(({ name }) => name),
    labelled: part(false),
    heldOut: part(true),
    settings: options.settings,
    seed: options.seed,
    outputPath,
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
