import { z } from 'zod';
import { jobView, type JobView } from './jobCommands.ts';
import { projectView, type ProjectView } from './projectCommands.ts';
import { settings, type Settings } from './settingsCommands.ts';
import { id } from './command.ts';
import type { RunId } from '../records.ts';
import type { TrainingEvent } from '../trainingEvents.ts';

/** Tables of a project that a screen may show; it reads again what it shows of a table that has changed. */
export const changes = [
  'images',
  'labels',
  'classes',
  'runs',
  'classifiers',
  'exports',
  'embeddings',
] as const;
export type Change = (typeof changes)[number];

/** What the application tells all of its doors, unasked. */
export type AppEvent =
  /** A project was opened, closed (null), or its figures changed. */
  | { readonly kind: 'project'; readonly project: ProjectView | null }
  /** At most a few times a second each. */
  | { readonly kind: 'changed'; readonly tables: readonly Change[] }
  /** A job is new, or other than it was. At most a few times a second each. */
  | { readonly kind: 'job'; readonly job: JobView }
  | { readonly kind: 'job-gone'; readonly id: string }
  /** From a pretraining: its loss, figures, health. */
  | { readonly kind: 'training'; readonly runId: RunId; readonly event: TrainingEvent }
  | { readonly kind: 'settings'; readonly settings: Settings };

export const appEvent: z.ZodType<AppEvent> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('project'), project: projectView.nullable() }),
  z.object({ kind: z.literal('changed'), tables: z.array(z.enum(changes)) }),
  z.object({ kind: z.literal('job'), job: jobView }),
  z.object({ kind: z.literal('job-gone'), id: z.string() }),
  z.object({
    kind: z.literal('training'),
    runId: id<RunId>(),
    // Made by our own worker, a union of many shapes: its kind is what is looked at.
    event: z.looseObject({ kind: z.string() }) as unknown as z.ZodType<TrainingEvent>,
  }),
  z.object({ kind: z.literal('settings'), settings }),
]);
