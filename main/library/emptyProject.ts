import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GenoiseError } from '../../shared/errors.ts';
import { countImages } from './images.ts';
import { lockProject } from './lockProject.ts';
import { openProjectReadOnly } from './project.ts';
import { isProject } from './projectFile.ts';

/** Everything that making a project puts into its folder, the lock last. */
const parts = ['project.db', 'thumbnails.db'].flatMap((name) => [name, `${name}-wal`, `${name}-shm`]);
const folders = ['pixels', 'checkpoints', 'exports'];

/**
 * To be called before a project is made.
 * @returns takes the project away again if it was made since and has no image: what was there before stays
 */
export function watchForEmptyProject(folder: string): () => void {
  if (isProject(folder)) return () => undefined;
  const before = new Set(existsSync(folder) ? readdirSync(folder) : []);
  const made = missingFolders(folder);
  return () => {
    if (!isProject(folder) || !emptied(folder, before)) return;
    if (!before.has('lock.db')) rmSync(join(folder, 'lock.db'), { force: true });
    made.every(removeIfEmpty);
  };
}

/** Empties the project's folder, unless it has images or is in use. */
function emptied(folder: string, before: ReadonlySet<string>): boolean {
  try {
    // Nobody else may have begun to use it.
    const lock = lockProject(folder);
    try {
      if (hasImages(folder)) return false;
      for (const name of [...parts, ...folders, 'open']) {
        if (!before.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
      }
      return true;
    } finally {
      lock.release();
    }
  } catch (error) {
    if (error instanceof GenoiseError) return false;
    throw error;
  }
}

function hasImages(folder: string): boolean {
  const { db, close } = openProjectReadOnly(folder);
  try {
    const { ready, unreadable, missing } = countImages(db);
    return ready + unreadable + missing > 0;
  } finally {
    close();
  }
}

/** The folder and those above it that do not exist yet, the deepest first. */
function missingFolders(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.push(path);
  return missing;
}

function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
