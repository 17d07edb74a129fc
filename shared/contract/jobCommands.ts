import { z } from 'zod';
import { errorCatalogue, type ErrorCode, type PlainError } from '../errors.ts';
import { command, id, nothing } from './command.ts';
import type { RunId } from '../records.ts';

/** What can be under way. `prepare`: small work that others wait for, like drawing the sample images. */
export const jobKinds = [
  'import',
  'pretrain',
  'train',
  'evaluate',
  'report',
  'embed',
  'export',
  'predict',
  'prepare',
] as const;
export type JobKind = (typeof jobKinds)[number];

/** `waiting`: for another job to end. `stopping`: it was asked to and saves what it has. */
export const jobStates = [
  'waiting',
  'running',
  'pausing',
  'paused',
  'stopping',
  'done',
  'failed',
  'cancelled',
] as const;
export type JobState = (typeof jobStates)[number];

/** One job as the job bar shows it. */
export interface JobView {
  readonly id: string;
  readonly kind: JobKind;
  /** For people: `Importing "Beach 2024"`. */
  readonly title: string;
  readonly state: JobState;
  /** What it is doing right now, a clause for people: `reading images`. */
  readonly note: string;
  /** Null while nobody knows how much there is to do. */
  readonly progress: { readonly done: number; readonly total: number; readonly unit: string } | null;
  /** Null where a rate means nothing. */
  readonly rate: { readonly value: number; readonly unit: string } | null;
  readonly etaSeconds: number | null;
  readonly error: PlainError | null;
  /** The run that it works on; null for jobs without one, and before it is made. */
  readonly runId: RunId | null;
  readonly canPause: boolean;
  readonly canCancel: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number | null;
}

const codes = Object.keys(errorCatalogue) as ErrorCode[];

export const plainError: z.ZodType<PlainError> = z.object({
  code: z.enum(codes),
  message: z.string(),
  remedy: z.string(),
  details: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
  ),
});

export const jobView: z.ZodType<JobView> = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  title: z.string(),
  state: z.enum(jobStates),
  note: z.string(),
  progress: z.object({ done: z.number(), total: z.number(), unit: z.string() }).nullable(),
  rate: z.object({ value: z.number(), unit: z.string() }).nullable(),
  etaSeconds: z.number().nullable(),
  error: plainError.nullable(),
  runId: id<RunId>().nullable(),
  canPause: z.boolean(),
  canCancel: z.boolean(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
});

const jobId = z.object({ id: z.string() });

export const jobCommands = {
  /** Running and waiting jobs, and the last ones that ended, newest last. */
  'jobs.list': command(nothing, z.array(jobView)),
  /** Asks a job to save what it has and stop; what it saved can be gone on with. */
  'jobs.cancel': command(jobId, nothing),
  'jobs.pause': command(jobId, nothing),
  'jobs.resume': command(jobId, nothing),
  /** Takes a job that has ended off the list. */
  'jobs.dismiss': command(jobId, nothing),
};
