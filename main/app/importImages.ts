import { genoiseError } from '../../shared/errors.ts';
import type { Library } from '../library/client.ts';
import type { ImageRemarks } from '../library/images.ts';
import type { ImportProgress } from '../../shared/importing.ts';
import { decideImages, finishDecisions } from './decideImages.ts';
import { runImportJob, type ImportOrder } from './importJob.ts';
import { requireFolder } from './requireFolder.ts';

export interface ImportOptions {
  readonly folders: readonly string[];
  /** These folders hold test images: hold out all that is new in them. */
  readonly holdOutAll?: boolean;
  /** M, the side of a slot in pixels, 8 to 256; decided once, when the first images come. From them when absent. */
  readonly slotSize?: number;
  /** Where a new project can take more bytes and no `slotSize` is given, nothing but the plan is made and told. */
  readonly mostBytes?: number;
}

/** What an import left in the project. */
export interface ImportSummary extends ImageRemarks {
  readonly found: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly duplicates: number;
  /** Folders that could not be opened: nothing in them was read. */
  readonly unreadableFolders: readonly string[];
  readonly missing: number;
  readonly images: number;
  readonly heldOut: number;
  readonly slotSize: number | null;
}

/**
 * Imports folders into a project.
 * @throws no-such-folder, no-images, disk-full, cancelled, invalid-option; decided-before when the project's slots have
 *   another size
 */
export async function importImages(
  library: Library,
  options: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportSummary> {
  checkImport(options);
  const { write } = library;
  const { folders, holdOutAll = false, slotSize, mostBytes } = options;
  // What an earlier import could not bring to its end, because the disk was full: nothing new may get into its draw.
  await finishDecisions(library);
  const roots = await write.ensureRoots(folders);
  const order: ImportOrder = {
    roots: roots.map((root) => ({ rootId: root.id, folder: root.folder })),
    thumbnails: true,
    ...(slotSize !== undefined && { slotSize }),
    ...(mostBytes !== undefined && { mostBytes }),
  };
  let last: ImportProgress | null = null;
  const watch = (progress: ImportProgress): void => {
    checkDecided(slotSize, progress);
    onProgress((last = progress));
  };
  try {
    await runImportJob(library, order, watch, signal);
  } finally {
    // Also of a part of the folder: what was read stays, and is in or out of the pool for good.
    await decideImages(library, holdOutAll ? roots.map((root) => root.id) : []);
  }
  return summarise(library, last);
}

/** Refuses what cannot be imported before anything is done. @throws no-such-folder, invalid-option */
export function checkImport({ folders, slotSize }: ImportOptions): void {
  for (const folder of folders) requireFolder(folder);
  checkSlotSize(slotSize);
}

function checkSlotSize(slotSize: number | undefined): void {
  if (slotSize === undefined || (Number.isInteger(slotSize) && slotSize >= 8 && slotSize <= 256)) return;
  throw genoiseError('invalid-option', {
    option: '--side',
    value: String(slotSize),
    expected: 'a whole number of pixels from 8 to 256',
  });
}

/** @throws decided-before */
function checkDecided(wanted: number | undefined, { slotSize }: ImportProgress): void {
  if (wanted === undefined || slotSize === null || slotSize === wanted) return;
  throw genoiseError('decided-before', {
    option: '--side',
    value: String(wanted),
    decided: String(slotSize),
  });
}

async function summarise({ read }: Library, progress: ImportProgress | null): Promise<ImportSummary> {
  const counts = await read.countImages();
  const { found = 0, total = 0, duplicates = 0, slotSize = null, unreadableFolders = [] } = progress ?? {};
  return {
    found,
    imported: total,
    unchanged: found - total,
    duplicates,
    ...(await read.listRemarks()),
    unreadableFolders,
    missing: counts.missing,
    images: counts.ready,
    heldOut: counts.heldOut,
    slotSize,
  };
}
