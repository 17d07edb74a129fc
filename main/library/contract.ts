import { ensureClasses, listClasses } from './classes.ts';
import { countFilters } from './countFilters.ts';
import type { ReadableDatabase, WritableDatabase } from './database.ts';
import { getDuplicateGroup, groupDuplicates, listDuplicateGroups } from './duplicates.ts';
import { countImages, getImage } from './images.ts';
import { recentChanges, redoLabels, undoLabels } from './labelHistory.ts';
import { countLabels, getLabel, setLabels } from './labels.ts';
import { latestMetrics, listMetrics } from './metrics.ts';
import { listRoots } from './roots.ts';
import { listRuns } from './runs.ts';
import { getThumbnail } from './thumbnails.ts';
import { findPosition, listQueryIds, listWindow } from './windows.ts';

/**
 * What the library's threads can be asked for: functions of the tables' modules by their names, which take a
 * connection first. One list each for reading and writing; everything else about the threads is derived from their
 * types, so that a new function is one word here.
 */
export const readFunctions = {
  countFilters,
  countImages,
  countLabels,
  findPosition,
  getDuplicateGroup,
  getImage,
  getLabel,
  getThumbnail,
  latestMetrics,
  listClasses,
  listDuplicateGroups,
  listMetrics,
  listQueryIds,
  listRoots,
  listRuns,
  listWindow,
  recentChanges,
} as const satisfies Functions<ReadableDatabase>;

export const writeFunctions = {
  ensureClasses,
  groupDuplicates,
  redoLabels,
  setLabels,
  undoLabels,
} as const satisfies Functions<WritableDatabase>;

/** Those that may take long at a million images: they have a reader of their own, so that the others never wait. */
export const slowReads: ReadonlySet<string> = new Set<keyof typeof readFunctions>([
  'countFilters',
  'countImages',
  'countLabels',
  'listDuplicateGroups',
]);

type Functions<D> = Readonly<Record<string, (db: D, ...values: never[]) => unknown>>;

/** The same functions from another thread: without the connection, with a promise. */
type Remote<F> = {
  readonly [Name in keyof F]: F[Name] extends (db: never, ...values: infer Values) => infer Result
    ? (...values: Values) => Promise<Result>
    : never;
};

export type LibraryReader = Remote<typeof readFunctions>;
export type LibraryWriter = Remote<typeof writeFunctions>;

export type ThreadRole = 'reader' | 'writer';

/** What a thread is started with. */
export interface ThreadOptions {
  readonly folder: string;
  readonly role: ThreadRole;
}

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly values: readonly unknown[];
}

export type ToThread = { readonly kind: 'call'; readonly call: Call } | { readonly kind: 'close' };
