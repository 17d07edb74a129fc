import type { ClassId, ClassRow } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

/**
 * The class of each name, in the order given, added where the project does not have it yet. A name given twice comes
 * once.
 */
export function ensureClasses(db: WritableDatabase, names: readonly string[]): readonly ClassRow[] {
  const insert = prepared(db, 'INSERT INTO classes (name) VALUES (?) ON CONFLICT DO NOTHING');
  const select = prepared<ClassRow>(db, 'SELECT id, name FROM classes WHERE name = ?');
  return inTransaction(db, () =>
    [...new Set(names)].flatMap((name) => {
      insert.run(name);
      return select.all(name);
    }),
  );
}

/** All classes, in the order in which they were added. */
export function listClasses(db: ReadableDatabase): readonly ClassRow[] {
  return prepared<ClassRow>(db, 'SELECT id, name FROM classes ORDER BY id').all();
}

/** The names of `ids`, in their order. */
export function classNames(db: ReadableDatabase, ids: readonly ClassId[]): readonly string[] {
  const names = new Map(listClasses(db).map((row) => [row.id, row.name]));
  return ids.map((id) => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`the project has no class ${id}`);
    return name;
  });
}
