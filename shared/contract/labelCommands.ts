import { z } from 'zod';
import {
  embeddingStates,
  marks,
  type AskedImage,
  type AskedRound,
  type ClassCount,
  type ClassPreview,
  type FolderNames,
  type HistoryStep,
  type LabelChange,
} from '../labelling.ts';
import { command, id, nothing } from './command.ts';
import { chosenImages } from './imageCommands.ts';
import type { ClassId, ClassRow, ImageId, LabelSource } from '../records.ts';
import type { SuggestionReason } from '../selecting.ts';

const imageId = id<ImageId>();
const classId = id<ClassId>();
const mark = z.enum(marks);
const name = z.string().trim().min(1).max(200);
const changed = z.object({
  changed: z.number(),
  /** The step of the history that it became, by which it can be undone; null where nothing changed. */
  changeId: z.number().nullable(),
});

const labelChange: z.ZodType<LabelChange> = z.object({
  changeId: z.number(),
  kind: z.enum(['labels', 'marks', 'class']),
  images: z.number(),
  imageId: imageId.nullable(),
  classId: classId.nullable(),
  mark: mark.nullable(),
  renamed: z.object({ from: z.string(), to: z.string().nullable() }).nullable(),
  source: z.enum(['person', 'folder', 'csv'] satisfies LabelSource[]).nullable(),
  changedAt: z.number(),
  undone: z.boolean(),
});

const historyStep: z.ZodType<HistoryStep> = z.object({
  changeId: z.number(),
  labels: z.array(z.object({ imageId, classId: classId.nullable() })),
  marks: z.array(z.object({ imageId, mark: mark.nullable() })),
  classes: z.array(classId),
});

const classCount: z.ZodType<ClassCount> = z.object({
  classId,
  name: z.string(),
  training: z.number(),
  heldOut: z.number(),
});

const askedImage: z.ZodType<AskedImage> = z.object({
  imageId,
  displayName: z.string(),
  width: z.number(),
  height: z.number(),
  heldOut: z.boolean(),
  reason: z.enum(['typical', 'uncertain', 'random'] satisfies SuggestionReason[]).nullable(),
  guesses: z.array(z.object({ classId, probability: z.number() })),
  classId: classId.nullable(),
  mark: mark.nullable(),
});

const askedRound: z.ZodType<AskedRound> = z.object({
  number: z.number(),
  images: z.array(askedImage),
  embedded: z.boolean(),
  outdated: z.boolean(),
});

const classRow: z.ZodType<ClassRow> = z.object({
  id: classId,
  name: z.string(),
  position: z.number(),
  colour: z.number().nullable(),
  shape: z.number().nullable(),
  key: z.string().nullable(),
});

const classPreview: z.ZodType<ClassPreview> = z.object({
  training: z.number(),
  heldOut: z.number(),
  classifiers: z.number(),
});

const folderNames: z.ZodType<FolderNames> = z.object({
  classes: z.array(z.object({ name: z.string(), images: z.number() })),
  images: z.number(),
});

const colourNumber = z.number().int().nonnegative().nullable().exactOptional();

export const labelCommands = {
  /** Labels images, or (null) takes their labels away; all of it is one step of the history, on disk when answered. */
  'labels.set': command(z.object({ images: chosenImages, classId: classId.nullable() }), changed),
  /** Marks images, or (null) takes their marks away. */
  'labels.mark': command(z.object({ images: chosenImages, mark: mark.nullable() }), changed),
  /**
   * Takes the last step back, also one from before a restart; null when there is none. With `only` that very step: null,
   * and nothing is done, where it is undone already or others came after it.
   */
  'labels.undo': command(z.union([nothing, z.object({ only: z.number() })]), historyStep.nullable()),
  'labels.redo': command(nothing, historyStep.nullable()),
  /** The last steps that hold and all that can be done again, newest first. */
  'labels.recent': command(z.object({ count: z.number().int().positive() }), z.array(labelChange)),
  'labels.counts': command(nothing, z.array(classCount)),
  /** The round at hand; the first one is made when there is none yet. */
  'labels.round': command(nothing, askedRound),
  /** The round after number `after`, which most often lies ready. Where that is over, the one at hand. */
  'labels.nextRound': command(z.object({ after: z.number() }), askedRound),
  /** Images by their ids, in that order, as they are now; to look at one again. */
  'labels.images': command(z.object({ ids: z.array(imageId) }), z.array(askedImage)),
  'labels.embeddings': command(nothing, z.object({ state: z.enum(embeddingStates) })),
  /** Starts to embed all images with the newest encoder; a job. */
  'labels.embed': command(nothing, nothing),
  /** What the folders are called that the images lie in, the largest first. */
  'labels.folderNames': command(nothing, folderNames),
  /** Labels all images by their folders. @throws no-folder-classes */
  'labels.fromFolders': command(nothing, changed),
  /** Labels images by the text of a CSV file with the columns `file` and `label`. */
  'labels.fromCsv': command(
    z.object({ name: z.string(), text: z.string(), newClasses: z.boolean() }),
    changed,
  ),
  /** In the order in which they were made, which is the order of a classifier's outputs. */
  'classes.list': command(nothing, z.array(classRow)),
  /** @throws class-name-taken */
  'classes.create': command(z.object({ name }), classRow),
  /** @throws class-name-taken */
  'classes.rename': command(z.object({ id: classId, name }), nothing),
  /** Colour and shape by their number in the palette, the key by its name. Who had that key gets the other's. */
  'classes.change': command(
    z.object({
      id: classId,
      colour: colourNumber,
      shape: colourNumber,
      key: z.string().min(1).nullable().exactOptional(),
    }),
    nothing,
  ),
  /** What `classes.merge` from this class, or `classes.delete`, would do. */
  'classes.preview': command(z.object({ id: classId }), classPreview),
  /** Gives all labels of one class to another, and takes the first away; one step of the history. */
  'classes.merge': command(z.object({ from: classId, into: classId }), changed),
  /** Takes a class away, with its labels; one step of the history. */
  'classes.delete': command(z.object({ id: classId }), changed),
};
