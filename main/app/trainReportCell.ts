import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJob } from '../worker/host.ts';
import { drawLabels } from './drawLabels.ts';
import { startsPretrained, type Ground, type LabelReportOptions } from './reportGround.ts';
import { trainingOrder, type TrainOrder } from './trainingOrder.ts';
import type { TrainProgress } from '../../shared/classifying.ts';
import type { Evaluation } from '../../shared/evaluation.ts';
import type { ReportCell } from '../../shared/labelReport.ts';
import type { LabelledSlot } from '../../shared/records.ts';

/** Which cell is to be trained. */
export type CellPlan = Pick<ReportCell, 'mode' | 'fraction' | 'draw'>;

interface CellRun {
  readonly onProgress: (progress: TrainProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains one classifier of a report and measures it on all labelled held-out images; its file is thrown away.
 * @param pixelsFolder absolute path of the project's pixel store
 * @throws what training throws; cancelled
 */
export async function trainReportCell(
  pixelsFolder: string,
  ground: Ground,
  { settings, device }: LabelReportOptions,
  { mode, fraction, draw }: CellPlan,
  run: CellRun,
): Promise<ReportCell> {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'genoise-report-'));
  try {
    const order = trainingOrder(pixelsFolder, {
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
