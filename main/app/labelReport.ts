import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genoiseError } from '../../shared/errors.ts';
import { fewestHeldOutLabels } from '../../shared/evaluation.ts';
import { reportModes, type LabelReport, type ReportCell, type ReportMode } from '../../shared/labelReport.ts';
import type { Library, ReadOnlyLibrary } from '../library/client.ts';
import type { ReportSubject } from '../library/reportCells.ts';
import { runJob } from '../worker/host.ts';
import { drawLabels } from './drawLabels.ts';
import { describeEncoder } from './pretrainEncoder.ts';
import {
  startingPoint,
  trainingOrder,
  usedClasses,
  type StartingPoint,
  type TrainOrder,
} from './trainingOrder.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import type { TrainProgress } from '../../shared/classifying.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { ClassRow, Json, LabelledSlot } from '../../shared/records.ts';

export interface LabelReportOptions {
  /** Number of the pretraining run to start from; null: the newest one with a checkpoint. */
  readonly checkpointRun: string | null;
  /** Shares of each class's labels, above 0 and at most 1. */
  readonly fractions: readonly number[];
  /** Of the labels of a share; all of them can be drawn only once. */
  readonly draws: number;
  readonly modes: readonly ReportMode[];
  /** Replaces some of the recipes' settings. */
  readonly settings: Readonly<Record<string, Json>>;
  readonly device: DeviceChoice;
}

export const usualReport = {
  ...{ checkpointRun: null, fractions: [0.01, 0.1, 1], draws: 3, modes: reportModes },
  ...{ settings: {}, device: 'auto' },
} as const satisfies LabelReportOptions;

/** Where a report is. */
export interface ReportProgress {
  /** Cells that are finished, and all of them. */
  readonly done: number;
  readonly total: number;
  /** The one that is being trained, null between two. */
  readonly mode: ReportMode;
  readonly fraction: number;
  readonly draw: number;
  readonly training: TrainProgress | null;
}

/**
 * Trains classifiers on shares of the labels (from scratch, on a random encoder, as a linear probe and fine-tuned),
 * several draws of each share, and measures all of them on all labelled held-out images. The project's own labels and
 * classifiers stay as they are. Every finished cell is kept at once: a report that was stopped goes on where it was.
 * Without a pretrained encoder the two ways that need none are compared.
 * @throws report-needs-held-out, and what `trainClassifier` throws
 */
export async function labelReport(
  library: Library,
  options: LabelReportOptions,
  onProgress: (progress: ReportProgress) => void,
  signal?: AbortSignal,
): Promise<LabelReport> {
  const ground = await reportGround(library, options);
  const cells: ReportCell[] = [];
  const planned = planCells(ground, options);
  for (const [done, plan] of planned.entries()) {
    const at = { done, total: planned.length, ...plan };
    onProgress({ ...at, training: null });
    signal?.throwIfAborted();
    const known = ground.cells.find((cell) => isCell(cell, plan));
    const cell =
      known ??
      (await trainCell(library, ground, options, plan, {
        onProgress: (training) => onProgress({ ...at, training }),
        ...(signal && { signal }),
      }));
    if (known === undefined) await library.write.keepReportCell(subjectOf(ground, plan.mode), cell);
    cells.push(cell);
  }
  return reportOf(ground, options, cells);
}

/** The cells of the newest pretraining that are there for the labels as they are now; null before any. */
export async function findLabelReport(
  library: ReadOnlyLibrary,
  options: LabelReportOptions,
): Promise<LabelReport | null> {
  if ((await library.read.countLabels()).every(({ training }) => training === 0)) return null;
  const ground = await lookAround(library, options);
  return ground.cells.length === 0 ? null : reportOf(ground, options, ground.cells);
}

/** @throws report-needs-held-out */
export async function requireReportable(library: ReadOnlyLibrary): Promise<void> {
  await reportGround(library, usualReport);
}

/** All that the cells have in common. */
interface Ground {
  readonly pretrained: StartingPoint | null;
  readonly fresh: StartingPoint;
  readonly classes: readonly ClassRow[];
  readonly labels: readonly LabelledSlot[];
  readonly labelsKey: string;
  /** Those that are there. */
  readonly cells: readonly ReportCell[];
}

/** @throws report-needs-held-out */
async function reportGround(library: ReadOnlyLibrary, options: LabelReportOptions): Promise<Ground> {
  const ground = await lookAround(library, options);
  const heldOut = ground.labels.filter((label) => label.heldOut).length;
  if (heldOut < fewestHeldOutLabels) {
    throw genoiseError('report-needs-held-out', { heldOut, needed: fewestHeldOutLabels });
  }
  return ground;
}

async function lookAround(library: ReadOnlyLibrary, options: LabelReportOptions): Promise<Ground> {
  const { checkpointRun } = options;
  const wish = {
    checkpointRun,
    encoder: null,
    imageSize: null,
    settings: {},
    seed: 1,
    device: 'auto',
  } as const;
  const isPretrained = checkpointRun !== null || (await library.read.latestPretrained()) !== null;
  const base = {
    pretrained: isPretrained ? await startingPoint(library, { ...wish, mode: 'probe' }) : null,
    fresh: await startingPoint(library, { ...wish, mode: 'scratch' }),
    classes: (await usedClasses(library)).classes,
  };
  const known = new Set(base.classes.map(({ id }) => id));
  const labels = (await library.read.listLabelledSlots()).filter(({ classId }) => known.has(classId));
  const labelsKey = keyOf(labels, options.settings);
  const cells = await Promise.all(
    (['scratch', 'probe'] as const).map((mode) =>
      library.read.listReportCells(subjectOf({ ...base, labelsKey }, mode)),
    ),
  );
  return { ...base, labels, labelsKey, cells: cells.flat() };
}

/** Of all labels: a cell says nothing about others. */
function keyOf(labels: readonly LabelledSlot[], settings: LabelReportOptions['settings']): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const { imageId, classId, heldOut } of labels) hash.update(`${imageId} ${classId} ${heldOut}\n`);
  return hash.digest('hex');
}

/** What starts from random weights depends on the network alone, and is shared by all pretrainings of it. */
function subjectOf(
  { pretrained, fresh, labelsKey }: Pick<Ground, 'pretrained' | 'fresh' | 'labelsKey'>,
  mode: ReportMode,
): ReportSubject {
  const { encoder, imageSize } = fresh;
  const network = `${encoder === null ? 'resnet18' : describeEncoder(encoder)} at ${imageSize ?? 'auto'} px`;
  return { labelsKey, subject: startsPretrained(mode) ? `run ${pretrained?.run?.id ?? 0}` : network };
}

function startsPretrained(mode: ReportMode): boolean {
  return mode === 'probe' || mode === 'finetune';
}

type CellPlan = Pick<ReportCell, 'mode' | 'fraction' | 'draw'>;

function isCell(cell: ReportCell, { mode, fraction, draw }: CellPlan): boolean {
  return cell.mode === mode && cell.fraction === fraction && cell.draw === draw;
}

/** Small shares first: they are quick, and say most. */
function planCells({ pretrained }: Ground, { fractions, draws, modes }: LabelReportOptions): CellPlan[] {
  const possible = modes.filter((mode) => pretrained !== null || !startsPretrained(mode));
  return fractions
    .toSorted((a, b) => a - b)
    .flatMap((fraction) =>
      Array.from({ length: fraction < 1 ? draws : 1 }, (_, i) => i + 1).flatMap((draw) =>
        possible.map((mode) => ({ mode, fraction, draw })),
      ),
    );
}

interface CellRun {
  readonly onProgress: (progress: TrainProgress) => void;
  readonly signal?: AbortSignal;
}

async function trainCell(
  library: Library,
  ground: Ground,
  { settings, device }: LabelReportOptions,
  { mode, fraction, draw }: CellPlan,
  run: CellRun,
): Promise<ReportCell> {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'genoise-report-'));
  try {
    const order = trainingOrder(library.pixelsFolder, {
      runId: 0,
      options: {
        ...{ checkpointRun: null, encoder: null, imageSize: null, settings, seed: draw, device },
        mode: mode === 'pixels' ? 'probe' : mode,
      },
      base: (startsPretrained(mode) ? ground.pretrained : null) ?? ground.fresh,
      classes: ground.classes,
      labels: drawnLabels(ground.labels, fraction, draw),
      outputPath: join(folder, 'classifier.safetensors'),
    });
    const { top1, top5 } = await (mode === 'pixels'
      ? evaluatePixels(order, run)
      : evaluateTrained(order, run));
    const seconds = (performance.now() - start) / 1000;
    return { mode, fraction, draw, labels: order.labelled.slots.length, top1, top5, seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function evaluateTrained(order: TrainOrder, { onProgress, signal }: CellRun): Promise<Evaluation> {
  const { evaluation } = await runJob('train', order, { onEvent: onProgress, ...(signal && { signal }) });
  if (evaluation?.on !== 'held-out') throw new Error('the held-out images were not measured');
  return evaluation.evaluation;
}

async function evaluatePixels(
  { device, pixelFolder, classes, labelled, heldOut, seed }: TrainOrder,
  { signal }: CellRun,
): Promise<Evaluation> {
  const request = { device, pixelFolder, classes, labelled, heldOut, seed };
  const { evaluation } = await runJob('pixelProbe', request, {
    onEvent: () => undefined,
    ...(signal && { signal }),
  });
  return evaluation;
}

/** A share of each class's labels, at least one of each; held-out images keep all of theirs. */
function drawnLabels(
  labels: readonly LabelledSlot[],
  fraction: number,
  draw: number,
): readonly LabelledSlot[] {
  const candidates = labels.map((slot) => ({
    key: String(slot.imageId),
    label: slot.classId,
    heldOut: slot.heldOut,
    slot,
  }));
  return drawLabels(candidates, { fraction }, String(draw)).map(({ slot }) => slot);
}

function reportOf(
  { pretrained, fresh, labels }: Ground,
  { fractions }: LabelReportOptions,
  cells: readonly ReportCell[],
): LabelReport {
  const run = pretrained?.run ?? null;
  const { encoder } = pretrained ?? fresh;
  return {
    pretraining: run && { runId: run.id, method: run.method ?? '' },
    encoder: encoder === null ? 'resnet18' : describeEncoder(encoder),
    heldOut: labels.filter((label) => label.heldOut).length,
    fractions: fractions.toSorted((a, b) => a - b),
    cells,
  };
}
