import { genoiseError } from '../../shared/errors.ts';
import {
  comparedShares,
  reportModes,
  type LabelReport,
  type ReportCell,
  type ReportMode,
} from '../../shared/labelReport.ts';
import type { Library, ReadOnlyLibrary } from '../library/client.ts';
import { estimateReport } from './estimateReport.ts';
import { encoderTitle } from './pretrainEncoder.ts';
import {
  lookAround,
  reportGround,
  startsPretrained,
  subjectOf,
  type Ground,
  type LabelReportOptions,
} from './reportGround.ts';
import { trainReportCell, type CellPlan } from './trainReportCell.ts';
import type { TrainProgress } from '../../shared/classifying.ts';

export const usualReport = {
  ...{ checkpointRun: null, ...comparedShares, modes: reportModes },
  ...{ settings: {}, device: 'auto' },
} as const satisfies LabelReportOptions;

/** Where a report is. */
export interface ReportProgress {
  /** Cells that are finished, and all of them. */
  readonly done: number;
  readonly total: number;
  /** What is left when the one whose turn it is begins; null while nothing can be told. */
  readonly secondsLeft: number | null;
  /** The one whose turn it is. */
  readonly mode: ReportMode;
  readonly fraction: number;
  readonly draw: number;
  /** Null before its training begins. */
  readonly training: TrainProgress | null;
}

/**
 * Trains classifiers on shares of the labels (from scratch, on a random encoder, as a linear probe and fine-tuned),
 * several draws of each share, and measures all of them on all labelled held-out images. The project's own labels and
 * classifiers stay as they are. Every finished cell is kept at once: a report that was stopped goes on where it was.
 * Without a pretrained encoder the two ways that need none are compared.
 * @throws report-needs-held-out, cancelled, and what `trainClassifier` throws
 */
export async function labelReport(
  library: Library,
  options: LabelReportOptions,
  onProgress: (progress: ReportProgress) => void,
  signal?: AbortSignal,
): Promise<LabelReport> {
  const ground = await reportGround(library, options);
  const planned = planCells(ground, options);
  const cells: ReportCell[] = [];
  for (const plan of planned) {
    const secondsLeft = secondsOf(ground, [...ground.cells, ...cells], planned.slice(cells.length));
    const at = { done: cells.length, total: planned.length, secondsLeft, ...plan };
    onProgress({ ...at, training: null });
    if (signal?.aborted === true) throw genoiseError('cancelled', { job: 'report' });
    const known = ground.cells.find((cell) => isCell(cell, plan));
    cells.push(known ?? (await makeCell(library, ground, options, { plan, at, onProgress, signal })));
  }
  return reportOf(ground, options, cells);
}

interface CellOrder {
  readonly plan: CellPlan;
  readonly at: Omit<ReportProgress, 'training'>;
  readonly onProgress: (progress: ReportProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** Trains a cell and keeps it. */
async function makeCell(
  library: Library,
  ground: Ground,
  options: LabelReportOptions,
  { plan, at, onProgress, signal }: CellOrder,
): Promise<ReportCell> {
  const cell = await trainReportCell(library.pixelsFolder, ground, options, plan, {
    onProgress: (training) => onProgress({ ...at, training }),
    ...(signal && { signal }),
  });
  await library.write.keepReportCell(subjectOf(ground, plan.mode), cell);
  return cell;
}

/** What those to come will take that are not there yet. */
function secondsOf(
  ground: Ground,
  finished: readonly ReportCell[],
  toCome: readonly CellPlan[],
): number | null {
  const missing = toCome.filter((plan) => !ground.cells.some((cell) => isCell(cell, plan)));
  const heldOut = heldOutOf(ground);
  return estimateReport(finished, missing, { labels: ground.labels.length - heldOut, heldOut });
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

function isCell(cell: ReportCell, { mode, fraction, draw }: CellPlan): boolean {
  return cell.mode === mode && cell.fraction === fraction && cell.draw === draw;
}

function heldOutOf({ labels }: Ground): number {
  return labels.filter((label) => label.heldOut).length;
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

function reportOf(ground: Ground, options: LabelReportOptions, cells: readonly ReportCell[]): LabelReport {
  const { pretrained, fresh } = ground;
  const run = pretrained?.run ?? null;
  const { encoder } = pretrained ?? fresh;
  return {
    pretraining: run && { runId: run.id, method: run.method ?? '' },
    encoder: encoderTitle(encoder),
    heldOut: heldOutOf(ground),
    fractions: options.fractions.toSorted((a, b) => a - b),
    draws: options.draws,
    cells,
    planned: planCells(ground, options).length,
  };
}
