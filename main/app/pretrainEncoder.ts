import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { genoiseError, GenoiseError } from '../../shared/errors.ts';
import type { Library } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type { JobControl } from '../worker/hostControl.ts';
import { pretrainingEnvironment } from '../worker/hostEnvironment.ts';
import { chooseGallery } from './chooseGallery.ts';
import { appVersion } from '../../shared/appVersion.ts';
import { usableMemory } from './usableMemory.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { Json, RunId, RunRow } from '../../shared/records.ts';
import type { EpochEvent, LabelledSlots, PretrainJob, TrainingEvent } from '../../shared/trainingEvents.ts';

/** What a person decides about a pretraining; what is null is chosen from the images, the memory and the time. */
export interface PretrainOptions {
  readonly method: string;
  readonly settings: Readonly<Record<string, Json>>;
  readonly encoder: { readonly name: string; readonly width: number };
  readonly imageSize: number | null;
  readonly batchSize: number | null;
  readonly epochs: number | null;
  readonly minutes: number | null;
  readonly learningRate: number | null;
  /** Batches whose gradients are averaged before an update; 1 unless given. */
  readonly accumulate?: number | null;
  /** Absolute path of weights in torchvision's safetensors with which the encoder starts; drawn unless given. */
  readonly init?: string | null;
  readonly preset: string;
  readonly seed: number;
  readonly device: DeviceChoice;
}

export interface PretrainSummary {
  readonly run: RunId;
  readonly method: string;
  readonly encoder: string;
  readonly steps: number;
  readonly totalSteps: number;
  readonly checkpoint: string;
  readonly lastEpoch: EpochEvent | null;
}

/** What a screen wants beside the training itself. */
export interface PretrainExtras {
  /**
   * Made by `createJobControl`: pauses (the state is saved first) and goes on, or ends the run with what it has: it is
   * then `done` with fewer steps than were planned.
   */
  readonly control?: JobControl;
  /** Reports `neighbours` events, for images chosen from the training set. */
  readonly neighbours?: boolean;
}

export type OnTrainingEvent = (event: TrainingEvent, run: RunRow) => void;

/** How a run's settings are kept in its row: enough to start it again as it was, and what was chosen for it. */
type StoredSettings = PretrainOptions & { readonly plan?: Json; readonly usedDevice?: string };

/**
 * Pretrains an encoder on the project's images without their labels, as a new run.
 * @throws no-pretraining-images, batch-too-large, device-unavailable, training-diverged, interrupted …
 */
export async function pretrainEncoder(
  library: Library,
  options: PretrainOptions,
  onEvent: OnTrainingEvent,
  signal?: AbortSignal,
  extras: PretrainExtras = {},
): Promise<PretrainSummary> {
  const run = await library.write.createRun({
    kind: 'pretrain',
    method: options.method,
    encoder: encoderTitle(options.encoder),
    settings: { ...options, encoder: { ...options.encoder } },
    parentRunId: null,
    totalSteps: 0,
  });
  return runPretraining(library, { run, options, resume: false, onEvent, extras, ...(signal && { signal }) });
}

/**
 * Goes on with a run that was interrupted, from its newest sound checkpoint and with the settings it was started with.
 * @throws run-not-found, run-not-resumable, checkpoint-corrupted, and what `pretrainEncoder` throws
 */
export async function resumePretraining(
  library: Library,
  runText: string,
  onEvent: OnTrainingEvent,
  signal?: AbortSignal,
  extras: PretrainExtras = {},
): Promise<PretrainSummary> {
  const run = await library.write.restartRun(runText);
  const options = run.settings as unknown as StoredSettings;
  return runPretraining(library, { run, options, resume: true, onEvent, extras, ...(signal && { signal }) });
}

interface Pretraining {
  readonly run: RunRow;
  readonly options: PretrainOptions;
  readonly resume: boolean;
  readonly onEvent: OnTrainingEvent;
  readonly extras: PretrainExtras;
  readonly signal?: AbortSignal;
}

async function runPretraining(library: Library, pretraining: Pretraining): Promise<PretrainSummary> {
  const { run, options, onEvent, signal, extras } = pretraining;
  let lastEpoch: EpochEvent | null = null;
  try {
    const job = await jobOf(library, pretraining);
    const outcome = await runJob(
      'pretrain',
      { job, device: options.device },
      {
        onEvent: async (event) => {
          await record(library, run, event);
          if (event.kind === 'epoch') lastEpoch = event;
          onEvent(event, run);
        },
        environment: pretrainingEnvironment,
        ...(extras.control && { control: extras.control }),
        ...(signal && { signal }),
      },
    );
    if (outcome.state === 'interrupted') throw interrupted(library, run);
    const { doneSteps, totalSteps } = await library.write.endRun(run.id, 'done');
    const checkpoint = relative(library.folder, outcome.checkpoint);
    const { method, encoder } = run;
    return {
      run: run.id,
      method: method ?? '',
      encoder,
      steps: doneSteps,
      totalSteps,
      checkpoint,
      lastEpoch,
    };
  } catch (error) {
    // Stopped before its first checkpoint a run can go on as well: from its start.
    const failure = isCancelled(error) ? interrupted(library, run) : error;
    await closeRun(library, run, failure);
    throw failure;
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof GenoiseError && error.code === 'cancelled';
}

/** A run whose worker died has its checkpoints and can go on; one that failed by itself says why. */
async function closeRun({ write }: Library, run: RunRow, error: unknown): Promise<void> {
  const resumable =
    error instanceof GenoiseError && ['interrupted', 'worker-crashed', 'disk-full'].includes(error.code);
  const message = error instanceof Error ? error.message : String(error);
  await write.endRun(run.id, resumable ? 'interrupted' : 'failed', resumable ? null : message);
}

function interrupted({ folder }: Library, run: RunRow): GenoiseError {
  const command = `genoise pretrain ${JSON.stringify(folder)} --resume ${run.id}`;
  return genoiseError('interrupted', { project: folder, run: run.id, command });
}

async function jobOf(library: Library, { run, options, resume, extras }: Pretraining): Promise<PretrainJob> {
  const slots = [...(await library.read.listTrainingSlots())];
  if (slots.length === 0) {
    const { ready, heldOut } = await library.read.countImages();
    throw genoiseError('no-pretraining-images', { ready, heldOut });
  }
  const { method, settings, encoder, imageSize, batchSize, epochs, minutes, learningRate, preset, seed } =
    options;
  const { accumulate = null, init = null } = options;
  return {
    ...{ accumulate, init },
    ...{ method, settings, encoder, imageSize, batchSize, epochs, minutes, learningRate, preset, seed },
    runId: run.id,
    pixelFolder: library.pixelsFolder,
    checkpointFolder: join(library.checkpointsFolder, String(run.id)),
    slots,
    labelled: await labelledSlots(library),
    memoryBytes: usableMemory(),
    resume,
    ...(extras.neighbours === true && { gallery: chooseGallery(await library.read.readSuggestionPool()) }),
    appVersion,
  };
}

/** Labelled images of the training set: kNN is watched on them, and never on held-out ones. */
async function labelledSlots({ read }: Library): Promise<LabelledSlots> {
  const labelled = (await read.listLabelledSlots()).filter((label) => !label.heldOut);
  return { slots: labelled.map((label) => label.slot), classes: labelled.map((label) => label.classId) };
}

/** Writes what a run reports, so that everything about it can be seen while it runs and after. */
async function record(library: Library, run: RunRow, event: TrainingEvent): Promise<void> {
  const { write } = library;
  switch (event.kind) {
    case 'started':
      await write.dropMetricsAfter(run.id, event.step);
      await write.updateRun(run.id, {
        totalSteps: event.totalSteps,
        doneSteps: event.step,
        settings: {
          ...(run.settings as Readonly<Record<string, Json>>),
          plan: event.plan,
          usedDevice: event.device,
        },
      });
      break;
    case 'progress':
      await write.updateRun(run.id, { doneSteps: event.step });
      break;
    case 'epoch':
      await recordEpoch(library, run, event);
      break;
    case 'checkpoint':
      await recordCheckpoint(library, run, event);
      break;
    case 'end':
      await write.updateRun(run.id, { doneSteps: event.step });
      break;
    case 'health':
    case 'energies':
    case 'neighbours':
    case 'pause':
      break;
  }
}

async function recordEpoch({ write }: Library, run: RunRow, event: EpochEvent): Promise<void> {
  const { step, loss, spread, positiveCosine, negativeCosine, knnAccuracy } = event;
  const { hardestNegativeCosine, hardNegativeShare, uniformity, rank } = event;
  const values = {
    loss,
    spread,
    positiveCosine,
    negativeCosine,
    ...{ hardestNegativeCosine, hardNegativeShare, uniformity, rank },
    ...(knnAccuracy !== null && { knnAccuracy }),
  };
  await write.addMetrics(
    Object.entries(values).map(([name, value]) => ({ runId: run.id, step, name, value })),
  );
}

/** The trainer keeps the last few files; the rows follow it. */
async function recordCheckpoint(
  { folder, read, write }: Library,
  run: RunRow,
  { path, step, sha256 }: Extract<TrainingEvent, { kind: 'checkpoint' }>,
): Promise<void> {
  await write.addCheckpoint({ runId: run.id, path: relative(folder, path), step, sha256 });
  for (const known of await read.listCheckpoints(run.id)) {
    if (!existsSync(join(folder, known.path))) await write.removeCheckpoint(known.id);
  }
}

/** "resnet18", or "resnet18 × 0.25" for another width than the published one. */
export function encoderTitle({ name, width }: PretrainOptions['encoder']): string {
  return width === 1 ? name : `${name} × ${width}`;
}
