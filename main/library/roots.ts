import { realpathSync, statSync } from 'node:fs';
import { genoiseError } from '../../shared/errors.ts';
import type { Root, RootId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

interface RootRecord {
  readonly id: RootId;
  readonly folder: string;
  readonly added_at: number;
}

function rowToRoot(row: RootRecord): Root {
  return { id: row.id, folder: row.folder, addedAt: row.added_at };
}

/**
 * The root of each folder, in the order given, added where the project does not have it yet. A folder named twice
 * comes once.
 * @throws no-such-folder, and then none is added
 */
export function ensureRoots(db: WritableDatabase, folders: readonly string[]): readonly Root[] {
  const resolved = [...new Set(folders.map(resolveFolder))];
  const insert = prepared(db, 'INSERT INTO roots (folder, added_at) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const select = prepared<RootRecord>(db, 'SELECT * FROM roots WHERE folder = ?');
  return inTransaction(db, () =>
    resolved.flatMap((folder) => {
      insert.run(folder, Date.now());
      return select.all(folder).map(rowToRoot);
    }),
  );
}

/** All roots, in the order in which they were added. */
export function listRoots(db: ReadableDatabase): readonly Root[] {
  return prepared<RootRecord>(db, 'SELECT * FROM roots ORDER BY id').all().map(rowToRoot);
}

/** Says where roots are now, all or none; their images keep their ids. Folders that are other roots are refused by the database. */
export function moveRoots(
  db: WritableDatabase,
  moves: readonly { readonly rootId: RootId; readonly folder: string }[],
): void {
  const move = prepared(db, 'UPDATE roots SET folder = ? WHERE id = ?');
  inTransaction(db, () => moves.forEach(({ rootId, folder }) => move.run(folder, rootId)));
}

function resolveFolder(folder: string): string {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !found.isDirectory()) throw genoiseError('no-such-folder', { folder });
  return realpathSync(folder);
}
