import { z } from 'zod';
import { labelFormats } from '../exports.ts';
import { command, id, nothing } from './command.ts';
import { classifierMode, proportion } from './trainCommands.ts';
import type { OriginalFilesCheck, SameInputCheck } from '../exporting.ts';
import type { ExportedItem, ExportedTexts, ExportFacts, ExportSources } from '../exports.ts';
import type { RunId } from '../records.ts';

const runId = id<RunId>();
const exportId = z.object({ id: z.number().int().positive() });
const reasons = z.array(z.object({ file: z.string(), reason: z.string() }));

const sameInput: z.ZodType<SameInputCheck> = z.object({
  images: z.number(),
  sizes: z.number(),
  differences: z.record(z.string(), z.number()),
  allowed: z.number(),
});

const originalFiles: z.ZodType<OriginalFilesCheck> = z.object({
  on: z.enum(['held-out', 'sample']),
  files: z.number(),
  same: z.number(),
  leftOut: z.number(),
  notRead: z.number(),
  required: z.number(),
});

const facts: z.ZodType<ExportFacts> = z.union([
  z.object({
    kind: z.enum(['classifier', 'encoder']),
    classes: z.array(z.string()),
    sameInput,
    originalFiles,
  }),
  z.object({
    kind: z.literal('labels'),
    format: z.enum(labelFormats),
    labels: z.number(),
    skipped: z.number(),
    skippedFirst: reasons,
  }),
  z.object({
    kind: z.literal('predictions'),
    imageFolder: z.string(),
    predicted: z.number(),
    counts: z.array(z.object({ name: z.string(), images: z.number() })),
    unreadable: z.number(),
    unreadableFirst: reasons,
  }),
]);

const item: z.ZodType<ExportedItem> = z.object({
  id: z.number(),
  runId: runId.nullable(),
  path: z.string(),
  facts,
  madeAt: z.number(),
  exists: z.boolean(),
  files: z.array(z.object({ name: z.string(), bytes: z.number() })),
  folders: z.number(),
});

const sources: z.ZodType<ExportSources> = z.object({
  classifiers: z.array(
    z.object({ runId, mode: classifierMode, top1: proportion.nullable(), trainedAt: z.number() }),
  ),
  encoders: z.array(
    z.object({ runId, method: z.string(), encoder: z.string(), steps: z.number(), trainedAt: z.number() }),
  ),
  labels: z.number(),
  folder: z.string(),
  canShow: z.boolean(),
});

const texts: z.ZodType<ExportedTexts> = z.object({
  card: z.string(),
  snippets: z.array(z.object({ name: z.string(), text: z.string() })),
});

/** The folder in which it is made; null: the project's own folder for exports. */
const into = z.string().min(1).nullable();

export const exportCommands = {
  'export.sources': command(nothing, sources),
  /** Newest first. */
  'export.list': command(nothing, z.array(item)),
  /** Starts to export a run's classifier, or the encoder alone. @throws no-classifier, no-checkpoint, no-such-folder */
  'export.model': command(z.object({ runId, encoder: z.boolean(), into }), nothing),
  /** @throws no-labels, no-such-folder */
  'export.labels': command(z.object({ format: z.enum(labelFormats), into }), nothing),
  /**
   * Starts to answer every image of a folder with a run's classifier, which is exported first where it was not.
   * @throws no-classifier, no-such-folder
   */
  'export.predictions': command(z.object({ runId, imageFolder: z.string().min(1), into }), nothing),
  /** Card and programs of an exported model; null where they are gone. */
  'export.texts': command(exportId, texts.nullable()),
  /** Shows it in the system's file manager; only where `canShow` says so. */
  'export.show': command(exportId, nothing),
  /** Takes it off the list; its files stay. */
  'export.forget': command(exportId, nothing),
};
