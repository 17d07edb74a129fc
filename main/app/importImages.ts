import { statSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';
import { groupDuplicates } from '../library/duplicates.ts';
import { drawHeldOutPool, holdOutRoots } from '../library/heldOutPool.ts';
import { countImages, listImages } from '../library/images.ts';
import { createProject, type Project } from '../library/project.ts';
import { ensureRoots } from '../library/roots.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import { runImportJob, type ImportOrder } from './importJob.ts';

export interface ImportOptions {
  readonly folders: readonly string[];
  /** Share of the images to hold out for testing; decided once, when the project is made. */
  readonly heldOutFraction?: number;
  /** Decides which images those are. */
  readonly seed?: string;
  /** These folders hold test images: hold out all that is new in them. */
  readonly holdOutAll?: boolean;
  /** M, the side of a slot in pixels, 8 to 256; decided once, when the first images come. From them when absent. */
  readonly slotSize?: number;
}

/** What an import left in the project. */
export interface ImportSummary {
  readonly found: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** Images of which something is to be said, though they are usable. */
  readonly notes: readonly { readonly file: string; readonly note: string }[];
  /** Folders that could not be opened: nothing in them was read. */
  readonly unreadableFolders: readonly string[];
  readonly missing: number;
  readonly images: number;
  readonly heldOut: number;
  readonly slotSize: number | null;
}

/**
 * Imports folders into a project, which is made where there is none.
 * @throws no-such-folder, no-images, project-in-use, disk-full, cancelled, invalid-option
 */
export async function importImages(
  folder: string,
  options: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportSummary> {
  const { heldOutFraction, seed } = options;
  // Before a project is made, which a mistyped name should not leave behind.
  for (const each of options.folders) checkIsFolder(each);
  checkSlotSize(options.slotSize);
  const project = createProject(folder, {
    ...(heldOutFraction !== undefined && { heldOutFraction }),
    ...(seed !== undefined && { seed }),
  });
  try {
    return await importInto(project, options, onProgress, signal);
  } finally {
    project.close();
  }
}

function checkIsFolder(folder: string): void {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder) throw genoiseError('no-such-folder', { folder });
}

function checkSlotSize(slotSize: number | undefined): void {
  if (slotSize === undefined || (Number.isInteger(slotSize) && slotSize >= 8 && slotSize <= 256)) return;
  throw genoiseError('invalid-option', {
    option: '--side',
    value: String(slotSize),
    expected: 'a whole number of pixels from 8 to 256',
  });
}

async function importInto(
  project: Project,
  { folders, holdOutAll = false, slotSize }: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal | undefined,
): Promise<ImportSummary> {
  const { db } = project;
  const roots = ensureRoots(db, folders);
  const order: ImportOrder = {
    roots: roots.map((root) => ({ rootId: root.id, folder: root.folder })),
    thumbnails: true,
    ...(slotSize !== undefined && { slotSize }),
  };
  let last: ImportProgress | null = null;
  const watch = (progress: ImportProgress): void => onProgress((last = progress));
  try {
    await runImportJob(project, order, watch, signal);
  } finally {
    // Also of a part of the folder: what was read stays, and is in or out of the pool for good.
    if (holdOutAll)
      holdOutRoots(
        db,
        roots.map((root) => root.id),
      );
    groupDuplicates(db);
    drawHeldOutPool(db);
  }
  return summarise(project, last);
}

function summarise({ db }: Project, progress: ImportProgress | null): ImportSummary {
  const counts = countImages(db);
  const { found = 0, total = 0, duplicates = 0, slotSize = null, unreadableFolders = [] } = progress ?? {};
  return {
    found,
    imported: total,
    unchanged: found - total,
    duplicates,
    unreadable: listImages(db, 'unreadable').map((image) => ({
      file: image.displayName,
      reason: image.reason ?? 'unknown',
    })),
    notes: listImages(db, 'ready').flatMap(({ displayName, note }) =>
      note === null ? [] : [{ file: displayName, note }],
    ),
    unreadableFolders,
    missing: counts.missing,
    images: counts.ready,
    heldOut: counts.heldOut,
    slotSize,
  };
}
