import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { namingFullDisk } from '../../shared/diskFull.ts';
import { genoiseError } from '../../shared/errors.ts';
import { openReadOnly, openWritable, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { beginDecisions } from './decisions.ts';
import { hasUndecided } from './heldOutPool.ts';
import { isProject, projectFile } from './projectFile.ts';
import { lockProject, type ProjectLock } from './lockProject.ts';
import { checkedVersion, currentVersion, migrate } from './migrate.ts';
import { hasMetDamage, namingDamage } from './nameDamage.ts';
import { interruptRunningRuns } from './runs.ts';
import { initialiseSettings, type ProjectSettings } from './settings.ts';
import { attachThumbnails, attachThumbnailsReadOnly } from './thumbnails.ts';
import { endedUnclean, findDamage, markOpen, type OpenMarker } from './uncleanEnd.ts';

/**
 * A project folder: `project.db` (this room), `thumbnails.db`, `lock.db` (held by who may write), `open` (there while
 * somebody does), `pixels/` (the pixel store), `checkpoints/`, `exports/`.
 */
export interface ProjectFolders {
  /** Absolute, symbolic links resolved. */
  readonly folder: string;
  readonly pixelsFolder: string;
  readonly checkpointsFolder: string;
  readonly exportsFolder: string;
}

/** A project opened for writing: this process holds its lock until `close`. */
export interface Project extends ProjectFolders {
  readonly db: WritableDatabase;
  readonly close: () => void;
}

/** A project opened to look at, while another process may be writing it. */
export interface ReadOnlyProject extends ProjectFolders {
  readonly db: ReadableDatabase;
  readonly close: () => void;
}

/**
 * Makes the folder (and those above it) and a project in it, and opens it. An existing project is opened as it is,
 * its settings kept.
 * @param settings a seed drawn at random and a tenth held out, where not given
 * @throws as `openProject`; invalid-option for a held-out share outside of 0 to 0.5; cannot-write
 */
export function createProject(folder: string, settings: Partial<ProjectSettings> = {}): Project {
  const { seed, heldOutFraction } = { ...defaultSettings(), ...settings };
  if (!(heldOutFraction >= 0 && heldOutFraction <= 0.5)) {
    const expected = 'a number from 0 to 0.5';
    throw genoiseError('invalid-option', { option: '--held-out', value: String(heldOutFraction), expected });
  }
  makeFolder(folder);
  return openLocked(folder, { seed, heldOutFraction });
}

/**
 * Opens a project for writing, migrates it, and looks after what a killed process left: the file is checked for damage,
 * runs that were running become interrupted. Images about which nothing is decided are in nobody's way; `openDecisions`
 * tells of them.
 * @throws no-such-folder, not-a-project, project-in-use, newer-project, damaged-project, disk-full
 */
export function openProject(folder: string): Project {
  checkIsProject(folder);
  // A process that was killed while it made the project may have left it without settings.
  return openLocked(folder, defaultSettings());
}

function defaultSettings(): ProjectSettings {
  return { seed: randomBytes(16).toString('hex'), heldOutFraction: 0.1 };
}

/**
 * Opens a project for reading; it takes no lock. After an unclean end the file is checked for damage, as long as nobody
 * has it open.
 * @throws no-such-folder, not-a-project, newer-project, damaged-project; project-in-use when an older project would
 *   have to be migrated first and another process holds it
 */
export function openProjectReadOnly(folder: string): ReadOnlyProject {
  checkIsProject(folder);
  const folders = projectFolders(folder);
  const opened = openAndCheck(folders.folder, openReadOnly);
  if (opened.version === currentVersion) {
    try {
      if (endedUnclean(folders.folder)) checkUndamaged(opened.db, folders.folder);
      attachThumbnailsReadOnly(opened.db, folders.folder);
    } catch (error) {
      opened.db.close();
      throw error;
    }
    return { ...folders, db: opened.db, close: () => opened.db.close() };
  }
  opened.db.close();
  openProject(folder).close();
  return openProjectReadOnly(folder);
}

function openLocked(folder: string, newSettings: ProjectSettings): Project {
  const folders = projectFolders(folder);
  const lock = lockProject(folders.folder);
  let db: WritableDatabase | undefined;
  let marker: OpenMarker | undefined;
  try {
    return namingFailures(folders.folder, () => {
      const mark = (marker = markOpen(folders.folder));
      const opened = openAndCheck(folders.folder, openWritable);
      db = opened.db;
      if (mark.unclean) checkUndamaged(opened.db, folders.folder);
      prepare(opened.db, folders, newSettings);
      return { ...folders, db: opened.db, close: () => closeAll(opened.db, mark, lock) };
    });
  } catch (error) {
    db?.close();
    // After an unclean end it stays: the next to open the project has to look as well.
    if (marker?.unclean === false) marker.remove();
    lock.release();
    throw error;
  }
}

function namingFailures<T>(folder: string, work: () => T): T {
  return namingFullDisk(folder, () => namingDamage(folder, work));
}

function prepare(db: WritableDatabase, folders: ProjectFolders, newSettings: ProjectSettings): void {
  migrate(db, folders.folder);
  attachThumbnails(db, folders.folder);
  initialiseSettings(db, newSettings);
  interruptRunningRuns(db);
  // Left by a process that was killed. It takes seconds at a million images: whoever opened the project does it.
  if (hasUndecided(db)) beginDecisions(db);
  for (const folder of [folders.pixelsFolder, folders.checkpointsFolder, folders.exportsFolder]) {
    mkdirSync(folder, { recursive: true });
  }
}

function closeAll(db: WritableDatabase, marker: OpenMarker, lock: ProjectLock): void {
  db.close();
  // After damage the next to open the project has to look at all of it.
  if (!hasMetDamage(db)) marker.remove();
  lock.release();
}

/** @throws damaged-project */
function checkUndamaged(db: ReadableDatabase, folder: string): void {
  const reason = namingDamage(folder, () => findDamage(db));
  if (reason !== null) throw genoiseError('damaged-project', { folder, reason });
}

/** Opens the database and reads its version. @throws damaged-project when SQLite refuses the file */
function openAndCheck<D extends ReadableDatabase>(
  folder: string,
  open: (path: string) => D,
): { readonly db: D; readonly version: number } {
  let db: D | undefined;
  try {
    return namingDamage(folder, () => {
      const opened = (db = open(projectFile(folder)));
      return { db: opened, version: checkedVersion(opened, folder) };
    });
  } catch (error) {
    db?.close();
    throw error;
  }
}

function checkIsProject(folder: string): void {
  if (!existsSync(folder)) throw genoiseError('no-such-folder', { folder });
  if (!isProject(folder)) throw genoiseError('not-a-project', { folder });
}

function makeFolder(folder: string): void {
  try {
    namingFullDisk(folder, () => mkdirSync(folder, { recursive: true }));
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') throw error;
    throw error.code.startsWith('E')
      ? genoiseError('cannot-write', { path: folder, reason: error.code }, error)
      : error;
  }
}

function projectFolders(folder: string): ProjectFolders {
  const real = realpathSync(folder);
  return {
    folder: real,
    pixelsFolder: join(real, 'pixels'),
    checkpointsFolder: join(real, 'checkpoints'),
    exportsFolder: join(real, 'exports'),
  };
}
