import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { genoiseError, GenoiseError } from '../../shared/errors.ts';
import { addCheckpoint, listCheckpoints, removeCheckpoint } from '../library/checkpoints.ts';
import { countImages, listTrainingSlots } from '../library/images.ts';
import { listLabelledSlots } from '../library/labels.ts';
import { addMetrics, dropMetricsAfter } from '../library/metrics.ts';
import { openProject, type Project } from '../library/project.ts';
import { createRun, endRun, requireRun, updateRun } from '../library/runs.ts';
import { runJob } from '../worker/host.ts';
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

export type OnTrainingEvent = (event: TrainingEvent, run: RunRow) => void;

/** How a run's settings are kept in its row: enough to start it again as it was, and what was chosen for it. */
type StoredSettings = PretrainOptions & { readonly plan?: Json; readonly usedDevice?: string };

/**
 * Pretrains an encoder on the project's images without their labels, as a new run.
 * @throws no-pretraining-images, project-in-use, batch-too-large, device-unavailable, training-diverged, interrupted …
 */
export async function pretrainEncoder(
  folder: string,
  options: PretrainOptions,
  onEvent: OnTrainingEvent,
  signal?: AbortSignal,
): Promise<PretrainSummary> {
  return withProject(folder, async (project) => {
    const run = createRun(project.db, {
      kind: 'pretrain',
      method: options.method,
      encoder: describeEncoder(options.encoder),
      settings: { ...options, encoder: { ...options.encoder } },
      parentRunId: null,
      totalSteps: 0,
    });
    return runPretraining(project, { run, options, resume: false, onEvent, ...(signal && { signal }) });
  });
}

/**
 * Goes on with a run that was interrupted, from its newest sound checkpoint and with the settings it was started with.
 * @throws run-not-found, run-not-resumable, checkpoint-corrupted, and what `pretrainEncoder` throws
 */
export async function resumePretraining(
  folder: string,
  runText: string,
  onEvent: OnTrainingEvent,
  signal?: AbortSignal,
): Promise<PretrainSummary> {
  return withProject(folder, async (project) => {
    const run = requireRun(project.db, runText);
    if (run.kind !== 'pretrain') throw notResumable(run, 'it is not a pretraining');
    if (run.state === 'done') throw notResumable(run, 'it is done');
    const options = run.settings as unknown as StoredSettings;
    updateRun(project.db, run.id, { state: 'running', error: null, endedAt: null });
    return runPretraining(project, { run, options, resume: true, onEvent, ...(signal && { signal }) });
  });
}

interface Pretraining {
  readonly run: RunRow;
  readonly options: PretrainOptions;
  readonly resume: boolean;
  readonly onEvent: OnTrainingEvent;
  readonly signal?: AbortSignal;
}

async function withProject<T>(folder: string, use: (project: Project) => Promise<T>): Promise<T> {
  const project = openProject(folder);
  try {
    return await use(project);
  } finally {
    project.close();
  }
}

async function runPretraining(project: Project, pretraining: Pretraining): Promise<PretrainSummary> {
  const { run, options, onEvent, signal } = pretraining;
  let lastEpoch: EpochEvent | null = null;
  try {
    const job = jobOf(project, pretraining);
    const outcome = await runJob(
      'pretrain',
      { job, device: options.device },
      {
        onEvent: (event) => {
          record(project, run, event);
          if (event.kind === 'epoch') lastEpoch = event;
          onEvent(event, run);
        },
        ...(signal && { signal }),
      },
    );
    if (outcome.state === 'interrupted') throw interrupted(project, run);
    const { doneSteps, totalSteps } = endRun(project.db, run.id, 'done');
    const checkpoint = relative(project.folder, outcome.checkpoint);
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
    const failure = isCancelled(error) ? interrupted(project, run) : error;
    closeRun(project, run, failure);
    throw failure;
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof GenoiseError && error.code === 'cancelled';
}

/** A run whose worker died has its checkpoints and can go on; one that failed by itself says why. */
function closeRun(project: Project, run: RunRow, error: unknown): void {
  const resumable =
    error instanceof GenoiseError && ['interrupted', 'worker-crashed', 'disk-full'].includes(error.code);
  const message = error instanceof Error ? error.message : String(error);
  endRun(project.db, run.id, resumable ? 'interrupted' : 'failed', resumable ? null : message);
}

function interrupted(project: Project, run: RunRow): GenoiseError {
  const command = `genoise pretrain ${JSON.stringify(project.folder)} --resume ${run.id}`;
  return genoiseError('interrupted', { project: project.folder, run: run.id, command });
}

function jobOf(project: Project, { run, options, resume }: Pretraining): PretrainJob {
  const slots = [...listTrainingSlots(project.db)];
  if (slots.length === 0) {
    const { ready, heldOut } = countImages(project.db);
    throw genoiseError('no-pretraining-images', { ready, heldOut });
  }
  const { method, settings, encoder, imageSize, batchSize, epochs, minutes, learningRate, preset, seed } =
    options;
  return {
    ...{ method, settings, encoder, imageSize, batchSize, epochs, minutes, learningRate, preset, seed },
    runId: run.id,
    pixelFolder: project.pixelsFolder,
    checkpointFolder: join(project.checkpointsFolder, String(run.id)),
    slots,
    labelled: labelledSlots(project),
    memoryBytes: usableMemory(),
    resume,
    appVersion,
  };
}

/** Labelled images of the training set: kNN is watched on them, and never on held-out ones. */
function labelledSlots({ db }: Project): LabelledSlots {
  const labelled = listLabelledSlots(db).filter((label) => !label.heldOut);
  return { slots: labelled.map((label) => label.slot), classes: labelled.map((label) => label.classId) };
}

/** Writes what a run reports, so that everything about it can be seen while it runs and after. */
function record(project: Project, run: RunRow, event: TrainingEvent): void {
  const { db } = project;
  switch (event.kind) {
    case 'started':
      dropMetricsAfter(db, run.id, event.step);
      updateRun(db, run.id, {
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
      updateRun(db, run.id, { doneSteps: event.step });
      break;
    case 'epoch':
      recordEpoch(project, run, event);
      break;
    case 'checkpoint':
      recordCheckpoint(project, run, event);
      break;
    case 'end':
      updateRun(db, run.id, { doneSteps: event.step });
      break;
    case 'health':
      break;
  }
}

function recordEpoch({ db }: Project, run: RunRow, event: EpochEvent): void {
  const { step, loss, spread, positiveCosine, negativeCosine, knnAccuracy } = event;
  const values = {
    loss,
    spread,
    positiveCosine,
    negativeCosine,
    ...(knnAccuracy !== null && { knnAccuracy }),
  };
  addMetrics(
    db,
    Object.entries(values).map(([name, value]) => ({ runId: run.id, step, name, value })),
  );
}

/** The trainer keeps the last few files; the rows follow it. */
function recordCheckpoint(
  project: Project,
  run: RunRow,
  { path, step, sha256 }: Extract<TrainingEvent, { kind: 'checkpoint' }>,
): void {
  addCheckpoint(project.db, { runId: run.id, path: relative(project.folder, path), step, sha256 });
  for (const known of listCheckpoints(project.db, run.id)) {
    if (!existsSync(join(project.folder, known.path))) removeCheckpoint(project.db, known.id);
  }
}

function notResumable(run: RunRow, reason: string): GenoiseError {
  return genoiseError('run-not-resumable', { run: String(run.id), reason });
}

/** "resnet18", or "resnet18 × 0.25" for another width than the published one. */
export function describeEncoder({ name, width }: PretrainOptions['encoder']): string {
  return width === 1 ? name : `${name} × ${width}`;
}
