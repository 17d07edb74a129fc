import { z } from 'zod';
import { trainingModes } from '../classifierRuns.ts';
import { command, id, json, nothing } from './command.ts';
import { plainError } from './jobCommands.ts';
import type {
  Answer,
  AnswerList,
  ClassifierDetails,
  ClassifierMeasurement,
  ClassifierRun,
  TrainingOutlook,
} from '../classifierRuns.ts';
import type { LabelReport, ReportCell } from '../labelReport.ts';
import type { ClassifierMode } from '../classifying.ts';
import type { Evaluation, Proportion } from '../evaluation.ts';
import type { ClassCount } from '../labelling.ts';
import type { ClassId, EvaluationId, ImageId, RunId } from '../records.ts';

const runId = id<RunId>();
const classId = id<ClassId>();
const imageId = id<ImageId>();

export const classifierMode = z.enum([
  'probe',
  'finetune',
  'scratch',
  'random-encoder',
] satisfies ClassifierMode[]);

export const proportion: z.ZodType<Proportion> = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  n: z.number(),
});

const evaluation: z.ZodType<Evaluation> = z.object({
  n: z.number(),
  classes: z.array(z.string()),
  top1: proportion,
  top5: proportion.nullable(),
  perClass: z.array(
    z.object({
      name: z.string(),
      n: z.number(),
      recall: proportion.nullable(),
      precision: proportion.nullable(),
    }),
  ),
  confusion: z.array(z.array(z.number())),
});

const run: z.ZodType<ClassifierRun> = z.object({
  runId,
  mode: classifierMode,
  encoder: z.string(),
  pretraining: z.object({ runId, method: z.string() }).nullable(),
  state: z.enum(['running', 'done', 'interrupted', 'failed']),
  error: z.string().nullable(),
  trained: z.boolean(),
  labels: z.number().nullable(),
  heldOutLabels: z.number().nullable(),
  measured: z
    .object({
      on: z.enum(['held-out', 'cross-validation']),
      top1: proportion,
      top5: proportion.nullable(),
      measuredAt: z.number(),
    })
    .nullable(),
  trainingAccuracy: z.number().nullable(),
  classesLeftOut: z.array(z.string()),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
});

const measurement: z.ZodType<ClassifierMeasurement> = z.object({
  id: id<EvaluationId>(),
  on: z.string(),
  measuredAt: z.number(),
  evaluation,
});

const details: z.ZodType<ClassifierDetails> = z.object({
  run,
  classIds: z.array(classId),
  measurements: z.array(measurement),
  relabelled: z.number(),
});

const answer: z.ZodType<Answer> = z.object({
  imageId,
  displayName: z.string(),
  labelClassId: classId,
  answerClassId: classId,
  confidence: z.number(),
  labelNow: classId.nullable(),
});

const answerList: z.ZodType<AnswerList> = z.object({ answers: z.array(answer), total: z.number() });

const classCount: z.ZodType<ClassCount> = z.object({
  classId,
  name: z.string(),
  training: z.number(),
  heldOut: z.number(),
});

const seconds = z.number().nullable();

const outlook: z.ZodType<TrainingOutlook> = z.object({
  classes: z.array(classCount),
  labels: z.number(),
  heldOutLabels: z.number(),
  pretraining: z.object({ runId, method: z.string(), encoder: z.string() }).nullable(),
  measuredBy: z.enum(['held-out', 'cross-validation']).nullable(),
  seconds: z.object({ probe: seconds, finetune: seconds, scratch: seconds }),
  problem: plainError.nullable(),
});

const reportCell: z.ZodType<ReportCell> = z.object({
  mode: z.union([classifierMode, z.literal('pixels')]),
  fraction: z.number(),
  draw: z.number(),
  labels: z.number(),
  top1: proportion,
  top5: proportion.nullable(),
  seconds: z.number(),
});

const report: z.ZodType<LabelReport> = z.object({
  pretraining: z.object({ runId: z.number(), method: z.string() }).nullable(),
  encoder: z.string(),
  heldOut: z.number(),
  fractions: z.array(z.number()),
  draws: z.number(),
  cells: z.array(reportCell),
  planned: z.number(),
});

export const trainCommands = {
  'train.outlook': command(nothing, outlook),
  /**
   * Starts one job for each, in this order; with `scratch` also one that tells what an encoder gets that has learnt
   * nothing. `settings` replaces some of the recipes' own.
   * @throws no-labels, too-few-classes, more-classes-than-labels, no-checkpoint
   */
  'train.start': command(
    z.object({
      modes: z.array(z.enum(trainingModes)).min(1),
      settings: z.record(z.string(), json).exactOptional(),
    }),
    nothing,
  ),
  /** All trainings of classifiers, newest first. */
  'train.runs': command(nothing, z.array(run)),
  'train.details': command(z.object({ runId }), details.nullable()),
  /** The images behind one cell of the confusion matrix. */
  'train.cell': command(z.object({ runId, labelClassId: classId, answerClassId: classId }), answerList),
  /** Wrong answers, the surest first, without those that somebody has looked at since. */
  'train.mistakes': command(z.object({ runId, count: z.number().int().positive() }), answerList),
  /** Says that the labels of these images are right as they are, or (false) takes that back. */
  'train.confirm': command(z.object({ ids: z.array(imageId), confirmed: z.boolean() }), nothing),
  /**
   * Starts to measure a classifier on a folder that has a subfolder for each class; without one, anew on the held-out
   * images. @throws no-such-folder, no-classifier
   */
  'train.measure': command(z.object({ runId, folder: z.string().nullable() }), nothing),
  /** What shares of the labels reach, as far as it is known for the labels as they are; null before any. */
  'train.report': command(nothing, report.nullable()),
  /** Starts to find that out, or goes on with it. @throws report-needs-held-out */
  'train.startReport': command(nothing, nothing),
};
