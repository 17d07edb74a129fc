import { statSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';
import { drawHeldOutPool, holdOutRoots } from '../library/heldOutPool.ts';
import { countImages, listImages, listKnownImages, slotsInUse, writeImportBatch } from '../library/images.ts';
import { createProject, type Project } from '../library/project.ts';
import { ensureRoots } from '../library/roots.ts';
import { runJob } from '../worker/host.ts';
import type { ImportProgress, ImportRequest } from '../../shared/importing.ts';

export interface ImportOptions {
  readonly folders: readonly string[];
  /** Share of the images to hold out for testing; decided once, when the project is made. */
  readonly heldOutFraction?: number;
  /** Decides which images those are. */
  readonly seed?: string;
  /** These folders hold test images: hold out all that is new in them. */
  readonly holdOutAll?: boolean;
}

/** What an import left in the project. */
export interface ImportSummary {
  readonly found: number;
  readonly imported: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
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

async function importInto(
  project: Project,
  { folders, holdOutAll = false }: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
  signal: AbortSignal | undefined,
): Promise<ImportSummary> {
  const { db } = project;
  const roots = ensureRoots(db, folders);
  const request: ImportRequest = {
    pixelsFolder: project.pixelsFolder,
    roots: roots.map((root) => ({ rootId: root.id, folder: root.folder })),
    known: listKnownImages(db),
    slotsInUse: slotsInUse(db),
  };
  let last: ImportProgress | null = null;
  try {
    await runJob('import', request, {
      onEvent: (event) => {
        if (event.kind === 'batch') writeImportBatch(db, event.batch);
        else onProgress((last = event.progress));
      },
      ...(signal && { signal }),
    });
  } finally {
    // Also of a part of the folder: what was read stays, and is in or out of the pool for good.
    if (holdOutAll)
      holdOutRoots(
        db,
        roots.map((root) => root.id),
      );
    drawHeldOutPool(db);
  }
  return summarise(project, last);
}

function summarise({ db }: Project, progress: ImportProgress | null): ImportSummary {
  const counts = countImages(db);
  const { found = 0, total = 0, duplicates = 0, slotSize = null } = progress ?? {};
  return {
    found,
    imported: total,
    unchanged: found - total,
    duplicates,
    unreadable: listImages(db, 'unreadable').map((image) => ({
      file: image.displayName,
      reason: image.reason ?? 'unknown',
    })),
    missing: counts.missing,
    images: counts.ready,
    heldOut: counts.heldOut,
    slotSize,
  };
}
