import { genoiseError } from '../../shared/errors.ts';
import type { ClassPreview } from '../../shared/labelling.ts';
import type { ClassId, ImageId } from '../../shared/records.ts';
import { beginChange, takeRows } from './changes.ts';
import { classNames, findClass, requireClass, setRemoved } from './classes.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { writeLabels } from './labels.ts';
import { bumpRevision } from './revisions.ts';

/** Gives a class another name, as a step of the history. @throws class-name-taken, no-such-class */
export function renameClass(db: WritableDatabase, id: ClassId, name: string): void {
  inTransaction(db, () => {
    const before = requireClass(db, id);
    if (before.name === name) return;
    if (findClass(db, name) !== null) throw genoiseError('class-name-taken', { name });
    freeName(db, name);
    prepared(db, 'UPDATE classes SET name = ? WHERE id = ?').run(name, id);
    noteClass(db, { changeId: beginChange(db), id, names: [before.name, name], removed: [0, 0] });
    bumpRevision(db, 'labels');
  });
}

/** What merging a class into another, or taking it away, would do. @throws no-such-class */
export function previewRemoval(db: ReadableDatabase, id: ClassId): ClassPreview {
  requireClass(db, id);
  const sql = `SELECT count(*) FILTER (WHERE held_out = 0) AS training, count(*) FILTER (WHERE held_out = 1) AS heldOut
               FROM labels JOIN images ON images.id = image_id WHERE class_id = ?`;
  const counts = prepared<{ training: number; heldOut: number }>(db, sql).get(id);
  const known = 'SELECT count(*) AS n FROM classifiers, json_each(class_ids) WHERE json_each.value = ?';
  const classifiers = prepared<{ n: number }>(db, known).get(id)?.n ?? 0;
  return { training: counts?.training ?? 0, heldOut: counts?.heldOut ?? 0, classifiers };
}

/**
 * Gives all labels of a class to another and takes the class away, as one step of the history.
 * @returns how many labels changed
 * @throws no-such-class
 */
export function mergeClasses(db: WritableDatabase, from: ClassId, into: ClassId): number {
  if (from === into) return 0;
  return removeClass(db, from, into);
}

/** Takes a class and its labels away, as one step of the history. @throws no-such-class */
export function deleteClass(db: WritableDatabase, id: ClassId): number {
  return removeClass(db, id, null);
}

function removeClass(db: WritableDatabase, id: ClassId, into: ClassId | null): number {
  return inTransaction(db, () => {
    const { name } = requireClass(db, id);
    if (into !== null) requireClass(db, into);
    const changeId = beginChange(db);
    const sql = 'SELECT image_id AS id FROM labels WHERE class_id = ? ORDER BY image_id';
    const labels = prepared<{ id: ImageId }>(db, sql).all(id);
    const moved = labels.map((row) => ({ imageId: row.id, classId: into }));
    const changed = writeLabels(db, moved, 'person', () => changeId);
    setRemoved(db, id, true);
    noteClass(db, { changeId, id, names: [name, name], removed: [0, 1] });
    bumpRevision(db, 'labels');
    return changed;
  });
}

interface ClassChange {
  readonly changeId: number;
  readonly id: ClassId;
  readonly names: readonly [before: string, after: string];
  readonly removed: readonly [before: 0 | 1, after: 0 | 1];
}

function noteClass(db: WritableDatabase, { changeId, id, names, removed }: ClassChange): void {
  prepared(
    db,
    `INSERT INTO class_history (change_id, class_id, old_name, new_name, old_removed, new_removed, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(changeId, id, ...names, ...removed, Date.now());
}

/** Gives a class that was taken away another name, where it has this one: old classifiers still need one for it. */
function freeName(db: WritableDatabase, name: string): void {
  const other = prepared<{ id: ClassId }>(db, 'SELECT id FROM classes WHERE name = ?').get(name);
  if (other === undefined) return;
  prepared(db, 'UPDATE classes SET name = ? WHERE id = ?').run(`${name} (earlier, ${other.id})`, other.id);
}

interface ClassRecord {
  readonly class_id: ClassId;
  readonly old_name: string;
  readonly new_name: string;
  readonly old_removed: 0 | 1;
  readonly new_removed: 0 | 1;
}

/** Undoes what a step did to classes, or does it again. @returns the classes concerned */
export function stepClasses(db: WritableDatabase, changeId: number, undo: boolean): readonly ClassId[] {
  const rows = takeRows<ClassRecord>(db, 'class_history', changeId, undo);
  for (const row of rows) {
    const [name, removed] = undo ? [row.old_name, row.old_removed] : [row.new_name, row.new_removed];
    if (classNames(db, [row.class_id])[0] !== name) restoreName(db, row.class_id, name);
    if (row.old_removed !== row.new_removed) setRemoved(db, row.class_id, removed === 1);
  }
  return rows.map((row) => row.class_id);
}

/** Where a class that was made since has the name, this one keeps its own. */
function restoreName(db: WritableDatabase, id: ClassId, name: string): void {
  if (findClass(db, name) !== null) return;
  freeName(db, name);
  prepared(db, 'UPDATE classes SET name = ? WHERE id = ?').run(name, id);
}
