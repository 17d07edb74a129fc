import type { HistoryStep } from '../../shared/labelling.ts';
import type { ClassId, ImageId, LabelSource } from '../../shared/records.ts';
import { firstUndone, lastChange, takeRows } from './changes.ts';
import { stepClasses } from './classChanges.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { putLabel, type Target } from './labels.ts';
import { stepMarks } from './marks.ts';
import { bumpRevision } from './revisions.ts';

interface HistoryRecord {
  readonly id: number;
  readonly image_id: ImageId;
  readonly old_class_id: ClassId | null;
  readonly old_source: LabelSource | null;
  readonly new_class_id: ClassId | null;
  readonly new_source: LabelSource;
  readonly changed_at: number;
}

/**
 * Takes back the last step that is not undone yet, in one transaction: on disk when this returns. There is no end to
 * it but the project's first label.
 * @param only the step that is meant: where it is not the last that holds, nothing is done
 * @returns null when there is nothing to undo
 */
export function undoLabels(db: WritableDatabase, only: number | null = null): HistoryStep | null {
  return step(db, true, only);
}

/** Does the step again that was undone last. @returns null when there is none */
export function redoLabels(db: WritableDatabase): HistoryStep | null {
  return step(db, false, null);
}

function step(db: WritableDatabase, undo: boolean, only: number | null): HistoryStep | null {
  return inTransaction(db, () => {
    const changeId = undo ? lastChange(db) : firstUndone(db);
    if (changeId === null || (only !== null && changeId !== only)) return null;
    const classes = stepClasses(db, changeId, undo);
    const labels = stepLabels(db, changeId, undo);
    const marks = stepMarks(db, changeId, undo);
    bumpRevision(db, 'labels');
    return { changeId, labels, marks, classes };
  });
}

function stepLabels(db: WritableDatabase, changeId: number, undo: boolean): HistoryStep['labels'] {
  const rows = takeRows<HistoryRecord>(db, 'label_history', changeId, undo);
  const targets = rows.map((row) => (undo ? before(db, row) : after(row)));
  for (const target of targets) putLabel(db, target);
  const last = new Map(targets.map(({ imageId, classId }) => [imageId, classId]));
  return [...last].map(([imageId, classId]) => ({ imageId, classId }));
}

function before(db: ReadableDatabase, row: HistoryRecord): Target {
  const sql =
    'SELECT changed_at AS at FROM label_history WHERE image_id = ? AND id < ? ORDER BY id DESC LIMIT 1';
  const labelledAt = prepared<{ at: number }>(db, sql).get(row.image_id, row.id)?.at ?? row.changed_at;
  return { imageId: row.image_id, classId: row.old_class_id, source: row.old_source, labelledAt };
}

function after(row: HistoryRecord): Target {
  return {
    imageId: row.image_id,
    classId: row.new_class_id,
    source: row.new_source,
    labelledAt: row.changed_at,
  };
}
