import { z } from 'zod';
import { imageSets, imageSorts, type ImageQuery, type ImageWindow } from '../imageWindow.ts';
import { marks } from '../labelling.ts';
import { command, id, nothing } from './command.ts';
import type { ClassId, ImageId, RootId } from '../records.ts';

export const imageQuery: z.ZodType<ImageQuery> = z.object({
  filter: z.object({
    show: z.enum(imageSets),
    classId: id<ClassId>().exactOptional(),
    rootId: id<RootId>().exactOptional(),
    folder: z.string().exactOptional(),
    text: z.string().exactOptional(),
  }),
  sort: z.enum(imageSorts),
});

/**
 * Images that were chosen: by their ids, or all that a query lists but a few, however many that are. `order` is that of
 * the window in which they were chosen, so that what came since is not among them.
 */
export type ChosenImages =
  | { readonly ids: readonly ImageId[] }
  | { readonly query: ImageQuery; readonly except: readonly ImageId[]; readonly order?: string };

export const chosenImages: z.ZodType<ChosenImages> = z.union([
  z.object({ ids: z.array(id<ImageId>()) }),
  z.object({ query: imageQuery, except: z.array(id<ImageId>()), order: z.string().exactOptional() }),
]);

const state = z.enum(['ready', 'unreadable', 'missing']);

const windowRow = z.object({
  id: id<ImageId>(),
  rootId: id<RootId>(),
  displayName: z.string(),
  width: z.number(),
  height: z.number(),
  state,
  heldOut: z.boolean(),
  slot: z.number().nullable(),
  classId: id<ClassId>().nullable(),
  labelSource: z.enum(['person', 'folder', 'csv']).nullable(),
  mark: z.enum(marks).nullable(),
});

export const imageWindow: z.ZodType<ImageWindow> = z.object({
  rows: z.array(windowRow),
  total: z.number(),
  order: z.string(),
  stale: z.boolean(),
});

/** All that there is to say about one image. */
export interface ImageDetails {
  readonly id: ImageId;
  /** Absolute, for people. */
  readonly path: string;
  readonly displayName: string;
  readonly byteSize: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly width: number;
  readonly height: number;
  readonly state: 'ready' | 'unreadable' | 'missing';
  /** A clause: why it is unreadable, or what was noted about it. */
  readonly remark: string | null;
  readonly heldOut: boolean;
  readonly classId: ClassId | null;
  /** Others that show the same, at most a few. */
  readonly duplicates: readonly {
    readonly id: ImageId;
    readonly name: string;
    readonly kind: 'exact' | 'near';
  }[];
}

const imageDetails: z.ZodType<ImageDetails> = z.object({
  id: id<ImageId>(),
  path: z.string(),
  displayName: z.string(),
  byteSize: z.number(),
  mtime: z.number(),
  width: z.number(),
  height: z.number(),
  state,
  remark: z.string().nullable(),
  heldOut: z.boolean(),
  classId: id<ClassId>().nullable(),
  duplicates: z.array(z.object({ id: id<ImageId>(), name: z.string(), kind: z.enum(['exact', 'near']) })),
});

/** One that an encoder takes for alike to another. */
export interface AlikeImage {
  readonly id: ImageId;
  readonly name: string;
}

const alikeImage: z.ZodType<AlikeImage> = z.object({ id: id<ImageId>(), name: z.string() });

/** An imported folder. */
export interface RootView {
  readonly id: RootId;
  readonly folder: string;
  /** Whether it is there now. */
  readonly exists: boolean;
  readonly images: number;
}

/** How much room an import will take, and what it would take with smaller copies of the images; it waits for an answer. */
export interface StoreQuestion {
  readonly images: number;
  readonly freeBytes: number | null;
  /** From large to small; sides in pixels. */
  readonly choices: readonly { readonly slotSize: number; readonly bytes: number }[];
}

const storeQuestion: z.ZodType<StoreQuestion> = z.object({
  images: z.number(),
  freeBytes: z.number().nullable(),
  choices: z.array(z.object({ slotSize: z.number(), bytes: z.number() })),
});

export const mostRows = 1000;

export const imageCommands = {
  'images.window': command(
    z.object({
      query: imageQuery,
      start: z.number().int().nonnegative(),
      count: z.number().int().positive().max(mostRows),
      order: z.string().exactOptional(),
    }),
    imageWindow,
  ),
  /** Ids from a position on, to select a range. */
  'images.ids': command(
    z.object({
      query: imageQuery,
      start: z.number().int().nonnegative(),
      count: z.number().int().positive(),
      order: z.string().exactOptional(),
    }),
    z.array(id<ImageId>()),
  ),
  /** Where an image is in an order; -1 where it is not. */
  'images.position': command(
    z.object({ query: imageQuery, id: id<ImageId>(), order: z.string().exactOptional() }),
    z.number(),
  ),
  /** What each filter would list. */
  'images.counts': command(
    nothing,
    z.object({
      sets: z.record(z.enum(imageSets), z.number()),
      classes: z.array(z.object({ classId: id<ClassId>(), images: z.number() })),
    }),
  ),
  'images.details': command(z.object({ id: id<ImageId>() }), imageDetails.nullable()),
  /** What looks alike to the newest encoder, most alike first; null while none has looked at the images. */
  'images.alike': command(z.object({ id: id<ImageId>() }), z.array(alikeImage).nullable()),
  'images.roots': command(
    nothing,
    z.array(z.object({ id: id<RootId>(), folder: z.string(), exists: z.boolean(), images: z.number() })),
  ),
  /** Folders directly below one, and the images in each with all below it; `folder` "" for the root itself. */
  'images.folders': command(
    z.object({ rootId: id<RootId>(), folder: z.string() }),
    z.array(z.object({ name: z.string(), folder: z.string(), images: z.number() })),
  ),
  /** Files that cannot be read, with the reason; the first of them, and how many there are for each reason. */
  'images.unreadable': command(
    nothing,
    z.object({
      total: z.number(),
      reasons: z.array(z.object({ reason: z.string(), files: z.number() })),
      files: z.array(z.object({ id: id<ImageId>(), file: z.string(), reason: z.string() })),
    }),
  ),
  /** Says where a folder was moved to, and looks at it again. */
  'images.relink': command(
    z.object({ rootId: id<RootId>(), to: z.string() }),
    z.object({ looked: z.number(), same: z.number() }),
  ),
  /** What an import waits to be told; null when none waits. */
  'images.storeQuestion': command(nothing, storeQuestion.nullable()),
  'images.answerStore': command(z.object({ slotSize: z.number().int().positive() }), nothing),
};
