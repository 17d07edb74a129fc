import type { HistoryStep, Mark } from '../../shared/labelling.ts';
import type { ImageId } from '../../shared/records.ts';
import { beginChange, takeRows } from './changes.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { bumpRevision } from './revisions.ts';

/** The mark of an image, or null. */
export function getMark(db: ReadableDatabase, imageId: ImageId): Mark | null {
  return prepared<{ mark: Mark }>(db, 'SELECT mark FROM marks WHERE image_id = ?').get(imageId)?.mark ?? null;
}

/** All images that have a mark, in the order of the images. */
export function listMarked(db: ReadableDatabase): readonly ImageId[] {
  return prepared<{ id: ImageId }>(db, 'SELECT image_id AS id FROM marks ORDER BY image_id')
    .all()
    .map(({ id }) => id);
}

/**
 * Marks images, or (null) takes their marks away, as one step of the history; on disk when this returns.
 * @returns how many marks changed
 */
export function setMarks(db: WritableDatabase, imageIds: readonly ImageId[], mark: Mark | null): number {
  return inTransaction(db, () => {
    const changing = [...new Set(imageIds)].filter((imageId) => getMark(db, imageId) !== mark);
    if (changing.length === 0) return 0;
    const changeId = beginChange(db);
    for (const imageId of changing) changeMark(db, imageId, mark, changeId);
    bumpRevision(db, 'labels');
    return changing.length;
  });
}

/** Gives an image another mark within the step `changeId`. */
export function changeMark(
  db: WritableDatabase,
  imageId: ImageId,
  mark: Mark | null,
  changeId: number,
): void {
  prepared(
    db,
    'INSERT INTO mark_history (change_id, image_id, old_mark, new_mark, changed_at) VALUES (?, ?, ?, ?, ?)',
  ).run(changeId, imageId, getMark(db, imageId), mark, Date.now());
  putMark(db, imageId, mark);
}

function putMark(db: WritableDatabase, imageId: ImageId, mark: Mark | null): void {
  if (mark === null) prepared(db, 'DELETE FROM marks WHERE image_id = ?').run(imageId);
  else {
    const sql = 'INSERT OR REPLACE INTO marks (image_id, mark, marked_at) VALUES (?, ?, ?)';
    prepared(db, sql).run(imageId, mark, Date.now());
  }
}

interface MarkRecord {
  readonly image_id: ImageId;
  readonly old_mark: Mark | null;
  readonly new_mark: Mark | null;
}

/** Undoes what a step did to marks, or does it again. @returns the marks that the images have now */
export function stepMarks(db: WritableDatabase, changeId: number, undo: boolean): HistoryStep['marks'] {
  const rows = takeRows<MarkRecord>(db, 'mark_history', changeId, undo);
  const last = new Map(rows.map((row) => [row.image_id, undo ? row.old_mark : row.new_mark]));
  for (const [imageId, mark] of last) putMark(db, imageId, mark);
  return [...last].map(([imageId, mark]) => ({ imageId, mark }));
}
