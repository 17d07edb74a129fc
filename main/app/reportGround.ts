import { createHash } from 'node:crypto';
import { genoiseError } from '../../shared/errors.ts';
import { fewestHeldOutLabels } from '../../shared/evaluation.ts';
import { encoderTitle } from './pretrainEncoder.ts';
import { startingPoint, usedClasses, type StartingPoint } from './trainingOrder.ts';
import type { DeviceChoice } from '../../shared/devices.ts';
import type { ReportCell, ReportMode } from '../../shared/labelReport.ts';
import type { ClassRow, Json, LabelledSlot } from '../../shared/records.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import type { ReportSubject } from '../library/reportCells.ts';

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

/** All that the cells have in common. */
export interface Ground {
  readonly pretrained: StartingPoint | null;
  readonly fresh: StartingPoint;
  readonly classes: readonly ClassRow[];
  readonly labels: readonly LabelledSlot[];
  readonly labelsKey: string;
  /** Those that are there. */
  readonly cells: readonly ReportCell[];
}

/** @throws report-needs-held-out */
export async function reportGround(library: ReadOnlyLibrary, options: LabelReportOptions): Promise<Ground> {
  const ground = await lookAround(library, options);
  const heldOut = ground.labels.filter((label) => label.heldOut).length;
  if (heldOut < fewestHeldOutLabels) {
    throw genoiseError('report-needs-held-out', { heldOut, needed: fewestHeldOutLabels });
  }
  return ground;
}

export async function lookAround(library: ReadOnlyLibrary, options: LabelReportOptions): Promise<Ground> {
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
export function subjectOf(
  { pretrained, fresh, labelsKey }: Pick<Ground, 'pretrained' | 'fresh' | 'labelsKey'>,
  mode: ReportMode,
): ReportSubject {
  const { encoder, imageSize } = fresh;
  const network = `${encoderTitle(encoder)} at ${imageSize ?? 'auto'} px`;
  return { labelsKey, subject: startsPretrained(mode) ? `run ${pretrained?.run?.id ?? 0}` : network };
}

export function startsPretrained(mode: ReportMode): boolean {
  return mode === 'probe' || mode === 'finetune';
}
