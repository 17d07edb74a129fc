import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { genoiseError } from '../../shared/errors.ts';

/** The right to change a project; the system takes it back when the process dies. */
export interface ProjectLock {
  release(): void;
}

/** Whoever only asks (`isProjectOpen`) holds up the lock for less than that. */
const askingMilliseconds = 100;

/** A connection that nothing refers to is closed when memory is tidied up, and its lock would be lost. */
const heldLocks = new Set<Database.Database>();

/**
 * Takes the lock of the project in `folder`: an exclusive transaction on `lock.db`, held open.
 * @throws project-in-use; cannot-write where the folder may only be read
 */
export function lockProject(folder: string): ProjectLock {
  let db: Database.Database | undefined;
  try {
    db = new Database(lockPath(folder), { timeout: askingMilliseconds });
    db.exec('BEGIN EXCLUSIVE');
    const held = db;
    heldLocks.add(held);
    return {
      release: () => {
        heldLocks.delete(held);
        held.close();
      },
    };
  } catch (error) {
    db?.close();
    throw explain(error, folder);
  }
}

/** Whether any process, this one included, has the project open for writing at this moment. */
export function isProjectOpen(folder: string): boolean {
  if (!existsSync(lockPath(folder))) return false;
  let db: Database.Database | undefined;
  try {
    db = new Database(lockPath(folder), { readonly: true, timeout: 0 });
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (error instanceof Database.SqliteError) return error.code.startsWith('SQLITE_BUSY');
    throw error;
  } finally {
    db?.close();
  }
}

function lockPath(folder: string): string {
  return join(folder, 'lock.db');
}

function explain(error: unknown, folder: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code.startsWith('SQLITE_BUSY')) return genoiseError('project-in-use', { folder }, error);
  if (!/^SQLITE_(CANTOPEN|READONLY)/.test(error.code)) return error;
  return genoiseError('cannot-write', { path: folder, reason: error.message }, error);
}
