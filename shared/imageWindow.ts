import type { Mark } from './labelling.ts';
import type { ClassId, ImageId, ImageState, LabelSource, RootId } from './records.ts';

/** `all` has unreadable and missing images too; `labelled` likewise; `unlabeled`, `training` and `held-out` are ready. */
export const imageSets = [
  'all',
  'ready',
  'labelled',
  'unlabeled',
  'training',
  'held-out',
  'unreadable',
  'missing',
  'duplicates',
  'noted',
  'unsure',
  'skipped',
] as const;
export type ImageSet = (typeof imageSets)[number];

/**
 * `imported`: as they came. `name`: by their path, in the order of its characters. `newest-label`, `class`: unlabelled
 * ones after the others. `modified`: the newest file first.
 */
export const imageSorts = ['imported', 'name', 'newest-label', 'class', 'modified'] as const;
export type ImageSort = (typeof imageSorts)[number];

/** Which images to list: those that meet all that is given. */
export interface ImageFilter {
  readonly show: ImageSet;
  readonly classId?: ClassId;
  readonly rootId?: RootId;
  /** Path of a folder below the root (below any, without `rootId`), `/` between folders. */
  readonly folder?: string;
  /** Part of the path; small and capital letters of the Latin alphabet are the same. */
  readonly text?: string;
}

export interface ImageQuery {
  readonly filter: ImageFilter;
  readonly sort: ImageSort;
}

/** What a grid shows of one image. */
export interface WindowRow {
  readonly id: ImageId;
  readonly rootId: RootId;
  readonly displayName: string;
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  readonly heldOut: boolean;
  /** Its place in the pixel store; null when unreadable. */
  readonly slot: number | null;
  readonly classId: ClassId | null;
  readonly labelSource: LabelSource | null;
  readonly mark: Mark | null;
}

export interface ImageWindow {
  readonly rows: readonly WindowRow[];
  /** Images that the query lists. */
  readonly total: number;
  /** Names the order that the positions belong to: give it back to stay in it while labels change. */
  readonly order: string;
  /** Whether images or labels have changed since this order was made. */
  readonly stale: boolean;
}

export interface FilterCounts {
  readonly sets: Readonly<Record<ImageSet, number>>;
  /** Labelled images a class, whatever their state; classes without any included, in the order of the classes. */
  readonly classes: readonly { readonly classId: ClassId; readonly images: number }[];
}
