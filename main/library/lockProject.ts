import { join } from 'node:path';
import Database from 'better-sqlite3';
import { genoiseError } from '../../shared/errors.ts';

/** The right to change a project; the system takes it back when the process dies. */
export interface ProjectLock {
  release(): void;
}

/** A connection that nothing refers to is closed when memory is tidied up, and its lock would be lost. */
const heldLocks = new Set<Database.Database>();

/**
 * Takes the lock of the project in `folder`: an exclusive transaction on `lock.db`, held open.
 * @throws project-in-use; cannot-write where the folder may only be read
 */
export function lockProject(folder: string): ProjectLock {
  let db: Database.Database | undefined;
  try {
    db = new Database(join(folder, 'lock.db'), { timeout: 0 });
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

function explain(error: unknown, folder: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code.startsWith('SQLITE_BUSY')) return genoiseError('project-in-use', { folder }, error);
  if (!/^SQLITE_(CANTOPEN|READONLY)/.test(error.code)) return error;
  return genoiseError('cannot-write', { path: folder, reason: error.message }, error);
}
