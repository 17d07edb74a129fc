import type { ClassId, ImageId, LabelSource } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { bumpRevision } from './revisions.ts';

/** One action: all labels that were given, changed or taken away together. */
export interface LabelChange {
  readonly changeId: number;
  /** Images whose label it changed. */
  readonly images: number;
  /** The class that all of them got; null where they got several, or lost theirs. */
  readonly classId: ClassId | null;
  readonly source: LabelSource;
  readonly changedAt: number;
  /** Whether it is undone at present, and so can be done again. */
  readonly undone: boolean;
}

/** What undoing or redoing did. */
export interface HistoryStep {
  readonly changeId: number;
  /** The images concerned with the label that they have now. */
  readonly labels: readonly { readonly imageId: ImageId; readonly classId: ClassId | null }[];
}

interface HistoryRecord {
  readonly id: number;
  readonly image_id: ImageId;
  readonly old_class_id: ClassId | null;
  readonly old_source: LabelSource | null;
  readonly new_class_id: ClassId | null;
  readonly new_source: LabelSource;
  readonly changed_at: number;
}

/** A label as it is to be; without a class none. */
interface Target {
  readonly imageId: ImageId;
  readonly classId: ClassId | null;
  readonly source: LabelSource | null;
  readonly labelledAt: number;
}

/**
 * Takes back the last action that is not undone yet, in one transaction: on disk when this returns. There is no end to
 * it but the project's first label.
 * @returns null when there is nothing to undo
 */
export function undoLabels(db: WritableDatabase): HistoryStep | null {
  return step(db, 'SELECT max(change_id) AS id FROM label_history WHERE undone = 0', true);
}

/** Does the action again that was undone last. @returns null when there is none */
export function redoLabels(db: WritableDatabase): HistoryStep | null {
  return step(db, 'SELECT min(change_id) AS id FROM label_history WHERE undone = 1', false);
}

/** The last `count` actions that hold and all that can be done again, newest first. */
export function recentChanges(db: ReadableDatabase, count: number): readonly LabelChange[] {
  const sql = `
    SELECT change_id AS changeId, count(*) AS images, min(changed_at) AS changedAt, min(new_source) AS source,
           CASE WHEN min(new_class_id) = max(new_class_id) AND count(new_class_id) = count(*)
                THEN min(new_class_id) END AS classId,
           undone
    FROM label_history WHERE undone = ? GROUP BY change_id ORDER BY change_id DESC LIMIT ?`;
  const rows = prepared<Omit<LabelChange, 'undone'> & { undone: number }>(db, sql);
  return [...rows.all(1, -1), ...rows.all(0, count)].map((row) => ({ ...row, undone: row.undone === 1 }));
}

/**
 * Begins a new action: what was undone can no longer be done again. Within the transaction that writes it.
 * @returns the number for its rows in the history
 */
export function beginChange(db: WritableDatabase): number {
  prepared(db, 'DELETE FROM label_history WHERE undone = 1').run();
  const sql = 'SELECT max(change_id) AS top FROM label_history WHERE undone = 0';
  return (prepared<{ top: number | null }>(db, sql).get()?.top ?? 0) + 1;
}

/** Makes a label what `target` says, without a word in the history. */
export function putLabel(db: WritableDatabase, { imageId, classId, source, labelledAt }: Target): void {
  if (classId === null) {
    prepared(db, 'DELETE FROM labels WHERE image_id = ?').run(imageId);
    return;
  }
  prepared(
    db,
    `INSERT INTO labels (image_id, class_id, source, labelled_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (image_id) DO UPDATE SET
       class_id = excluded.class_id, source = excluded.source, labelled_at = excluded.labelled_at`,
  ).run(imageId, classId, source, labelledAt);
}

function step(db: WritableDatabase, find: string, undo: boolean): HistoryStep | null {
  return inTransaction(db, () => {
    const changeId = prepared<{ id: number | null }>(db, find).get()?.id ?? null;
    if (changeId === null) return null;
    const rows = prepared<HistoryRecord>(
      db,
      `SELECT * FROM label_history WHERE undone = ? AND change_id = ? ORDER BY id`,
    ).all(undo ? 0 : 1, changeId);
    // An action may name an image twice: backwards its first row has the last word.
    const ordered = undo ? rows.reverse() : rows;
    const targets = ordered.map((row) => (undo ? before(db, row) : after(row)));
    for (const target of targets) putLabel(db, target);
    const mark = 'UPDATE label_history SET undone = ? WHERE undone = ? AND change_id = ?';
    prepared(db, mark).run(undo ? 1 : 0, undo ? 0 : 1, changeId);
    bumpRevision(db, 'labels');
    const last = new Map(targets.map(({ imageId, classId }) => [imageId, classId]));
    return { changeId, labels: [...last].map(([imageId, classId]) => ({ imageId, classId })) };
  });
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
