import type { ClassCount } from '../../shared/labelling.ts';
import type {
  ClassId,
  ImageId,
  ImageState,
  LabelledSlot,
  LabelRow,
  LabelSource,
  RootId,
} from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { beginChange } from './changes.ts';
import { changeMark, getMark } from './marks.ts';
import { requireClass } from './classes.ts';
import { bumpRevision } from './revisions.ts';

interface LabelRecord {
  readonly image_id: ImageId;
  readonly class_id: ClassId;
  readonly source: LabelSource;
  readonly labelled_at: number;
}

function rowToLabel(row: LabelRecord): LabelRow {
  return { imageId: row.image_id, classId: row.class_id, source: row.source, labelledAt: row.labelled_at };
}

export interface NewLabel {
  readonly imageId: ImageId;
  /** null takes the label away. */
  readonly classId: ClassId | null;
}

/**
 * Sets or removes labels as one step of the history, in one transaction, and writes what they were into it. A label
 * takes the mark of its image away: it is decided. All of it is on disk when this returns.
 * @returns how many labels changed
 * @throws no-such-class for one that was taken away
 */
export function setLabels(db: WritableDatabase, labels: readonly NewLabel[], source: LabelSource): number {
  return inTransaction(db, () => {
    for (const classId of new Set(labels.map((label) => label.classId))) {
      if (classId !== null && isRemoved(db, classId)) requireClass(db, classId);
    }
    let changeId: number | null = null;
    const changed = writeLabels(db, labels, source, () => (changeId ??= beginChange(db)));
    if (changeId !== null) bumpRevision(db, 'labels');
    return changed;
  });
}

/**
 * The same within a transaction and a step: `changeId` is asked for when something changes.
 * @returns how many labels changed
 */
export function writeLabels(
  db: WritableDatabase,
  labels: readonly NewLabel[],
  source: LabelSource,
  changeId: () => number,
): number {
  const now = Date.now();
  let changed = 0;
  for (const label of labels) {
    const before = getLabel(db, label.imageId);
    if ((before?.classId ?? null) !== label.classId) {
      setLabel(db, label, before, { source, now, changeId: changeId() });
      changed += 1;
    }
    if (label.classId !== null && getMark(db, label.imageId) !== null) {
      changeMark(db, label.imageId, null, changeId());
    }
  }
  return changed;
}

function isRemoved(db: ReadableDatabase, id: ClassId): boolean {
  const sql = 'SELECT 1 FROM class_looks WHERE class_id = ? AND removed = 1';
  return prepared(db, sql).get(id) !== undefined;
}

interface Change {
  readonly source: LabelSource;
  readonly now: number;
  readonly changeId: number;
}

function setLabel(
  db: WritableDatabase,
  { imageId, classId }: NewLabel,
  before: LabelRow | null,
  { source, now, changeId }: Change,
): void {
  const old = [before?.classId ?? null, before?.source ?? null];
  prepared(
    db,
    `INSERT INTO label_history (change_id, image_id, old_class_id, old_source, new_class_id, new_source, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(changeId, imageId, ...old, classId, source, now);
  putLabel(db, { imageId, classId, source, labelledAt: now });
}

/** A label as it is to be; without a class none. */
export interface Target {
  readonly imageId: ImageId;
  readonly classId: ClassId | null;
  readonly source: LabelSource | null;
  readonly labelledAt: number;
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

/** The label of one image, or null. */
export function getLabel(db: ReadableDatabase, imageId: ImageId): LabelRow | null {
  const row = prepared<LabelRecord>(db, 'SELECT * FROM labels WHERE image_id = ?').get(imageId);
  return row === undefined ? null : rowToLabel(row);
}

/** All labels, in the order of the images. */
export function listLabels(db: ReadableDatabase): readonly LabelRow[] {
  return prepared<LabelRecord>(db, 'SELECT * FROM labels ORDER BY image_id').all().map(rowToLabel);
}

/** The labelled images whose pixels are in the store, held-out ones marked, in the order of the images. */
export function listLabelledSlots(db: ReadableDatabase): readonly LabelledSlot[] {
  return prepared<Omit<LabelledSlot, 'heldOut'> & { heldOut: number | null }>(
    db,
    `SELECT images.id AS imageId, images.slot AS slot, labels.class_id AS classId, images.held_out AS heldOut
     FROM labels JOIN images ON images.id = labels.image_id
     WHERE images.state = 'ready' ORDER BY images.id`,
  )
    .all()
    .map((row) => ({ ...row, heldOut: row.heldOut !== 0 }));
}

/** Labels a class, of ready images; classes without any included, in the order of the classes. */
export function countLabels(db: ReadableDatabase): readonly ClassCount[] {
  return prepared<ClassCount>(
    db,
    `SELECT classes.id AS classId, classes.name AS name,
            count(images.id) FILTER (WHERE images.held_out = 0) AS training,
            count(images.id) FILTER (WHERE images.held_out = 1) AS heldOut
     FROM classes LEFT JOIN class_looks ON class_looks.class_id = classes.id
                  LEFT JOIN labels ON labels.class_id = classes.id
                  LEFT JOIN images ON images.id = labels.image_id AND images.state = 'ready'
     WHERE coalesce(removed, 0) = 0 GROUP BY classes.id ORDER BY classes.id`,
  ).all();
}

/** A labelled image with where its file is. */
export interface LabelledFile {
  readonly imageId: ImageId;
  readonly rootId: RootId;
  readonly relativePath: Uint8Array;
  /** Images of the project, itself included, that have this path below their root. */
  readonly samePath: number;
  readonly className: string;
  readonly classId: ClassId;
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  readonly heldOut: boolean;
}

/** All labelled images, whatever their state, in the order of the images. */
export function listLabelledFiles(db: ReadableDatabase): readonly LabelledFile[] {
  return prepared<Omit<LabelledFile, 'heldOut'> & { heldOut: number | null }>(
    db,
    `SELECT images.id AS imageId, root_id AS rootId, relative_path AS relativePath, classes.name AS className,
            classes.id AS classId, width, height, state, held_out AS heldOut,
            (SELECT count(*) FROM roots CROSS JOIN images AS other
             ON other.root_id = roots.id AND other.relative_path = images.relative_path) AS samePath
     FROM labels CROSS JOIN images ON images.id = labels.image_id
                 CROSS JOIN classes ON classes.id = labels.class_id
     ORDER BY labels.image_id`,
  )
    .all()
    .map((row) => ({ ...row, heldOut: row.heldOut !== 0 }));
}
