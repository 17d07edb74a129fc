import { genoiseError } from '../../shared/errors.ts';
import type { ClassId, ClassRow } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

const columns = `classes.id AS id, name, coalesce(position, classes.id - 1) AS position, colour, shape, "key"`;
const there = 'classes LEFT JOIN class_looks ON class_id = classes.id WHERE coalesce(removed, 0) = 0';

/**
 * The class of each name, in the order given, added where the project does not have it yet. A name given twice comes
 * once. A class that was taken away comes back: to classifiers that know it, it is the same.
 */
export function ensureClasses(db: WritableDatabase, names: readonly string[]): readonly ClassRow[] {
  const insert = prepared(db, 'INSERT INTO classes (name) VALUES (?) ON CONFLICT DO NOTHING');
  return inTransaction(db, () =>
    [...new Set(names)].flatMap((name) => {
      if (findClass(db, name) === null) {
        insert.run(name);
        giveLook(db, name);
      }
      return findClass(db, name) ?? [];
    }),
  );
}

/** Adds a class. @throws class-name-taken */
export function createClass(db: WritableDatabase, name: string): ClassRow {
  return inTransaction(db, () => {
    if (findClass(db, name) !== null) throw genoiseError('class-name-taken', { name });
    return ensureClasses(db, [name])[0];
  });
}

/** The class of that name, or null. */
export function findClass(db: ReadableDatabase, name: string): ClassRow | null {
  return prepared<ClassRow>(db, `SELECT ${columns} FROM ${there} AND name = ?`).get(name) ?? null;
}

/** The class, if it is there. @throws no-such-class */
export function requireClass(db: ReadableDatabase, id: ClassId): ClassRow {
  const row = prepared<ClassRow>(db, `SELECT ${columns} FROM ${there} AND classes.id = ?`).get(id);
  if (row === undefined) throw genoiseError('no-such-class', {});
  return row;
}

/** All classes, in the order in which they were added. */
export function listClasses(db: ReadableDatabase): readonly ClassRow[] {
  return prepared<ClassRow>(db, `SELECT ${columns} FROM ${there} ORDER BY classes.id`).all();
}

/** The names of `ids`, in their order; also of classes that were taken away, which old classifiers still know. */
export function classNames(db: ReadableDatabase, ids: readonly ClassId[]): readonly string[] {
  const rows = prepared<{ id: ClassId; name: string }>(db, 'SELECT id, name FROM classes').all();
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return ids.map((id) => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`the project has no class ${id}`);
    return name;
  });
}

export interface ClassLook {
  /** Numbers in the palette; null: that of its position. Absent: as it was. */
  readonly colour?: number | null;
  readonly shape?: number | null;
  /** The name of a key; null: none. The class that had it gets the other's. */
  readonly key?: string | null;
}

/** Changes how a class looks and which key gives it. @throws no-such-class */
export function changeClass(db: WritableDatabase, id: ClassId, look: ClassLook): void {
  inTransaction(db, () => {
    const before = requireClass(db, id);
    const { colour, shape, key } = { ...before, ...look };
    prepared(db, `${lookOf} ON CONFLICT DO NOTHING`).run(id, before.position, 0);
    if (key !== null && key !== before.key) {
      const swap = 'UPDATE class_looks SET "key" = ? WHERE "key" = ? AND class_id <> ? AND removed = 0';
      prepared(db, swap).run(before.key, key, id);
    }
    const sql = 'UPDATE class_looks SET colour = ?, shape = ?, "key" = ? WHERE class_id = ?';
    prepared(db, sql).run(colour, shape, key, id);
  });
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'];
const usualKeys: readonly string[] = [...digits, ...digits.map((digit) => `Shift+${digit}`)];

/** Gives a class its place and key: those that it had, or the first that no other has. */
function giveLook(db: WritableDatabase, name: string): void {
  const others = listClasses(db).filter((row) => row.name !== name);
  const own = prepared<{ position: number; key: string | null }>(
    db,
    'SELECT position, "key" FROM class_looks JOIN classes ON id = class_id WHERE name = ?',
  ).get(name);
  const taken = new Set(others.map((row) => row.key));
  const key = [own?.key ?? null, ...usualKeys].find((one) => one !== null && !taken.has(one)) ?? null;
  prepared(
    db,
    `INSERT INTO class_looks (class_id, position, "key") SELECT id, ?, ? FROM classes WHERE name = ?
     ON CONFLICT (class_id) DO UPDATE SET position = excluded.position, "key" = excluded."key", removed = 0`,
  ).run(freePlace(others, own?.position), key, name);
}

function freePlace(others: readonly ClassRow[], wanted = 0): number {
  const places = new Set(others.map((row) => row.position));
  if (!places.has(wanted)) return wanted;
  let place = 0;
  while (places.has(place)) place += 1;
  return place;
}

/** Puts a class there, or away, without a word in the history. */
export function setRemoved(db: WritableDatabase, id: ClassId, removed: boolean): void {
  const [name] = classNames(db, [id]);
  if (!removed) giveLook(db, name);
  else prepared(db, `${lookOf} ON CONFLICT (class_id) DO UPDATE SET removed = 1`).run(id, id - 1, 1);
}

const lookOf = 'INSERT INTO class_looks (class_id, position, removed) VALUES (?, ?, ?)';
