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
import { beginChange, putLabel } from './labelHistory.ts';
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
 * Sets or removes labels as one action, in one transaction, and writes what they were into the history. All of it is
 * on disk when this returns.
 * @returns how many labels changed
 */
export function setLabels(db: WritableDatabase, labels: readonly NewLabel[], source: LabelSource): number {
  const now = Date.now();
  return inTransaction(db, () => {
    let change: Change | undefined;
    let changed = 0;
    for (const label of labels) {
      const before = getLabel(db, label.imageId);
      if ((before?.classId ?? null) === label.classId) continue;
      change ??= { source, now, changeId: beginChange(db) };
      setLabel(db, label, before, change);
      changed += 1;
    }
    if (changed > 0) bumpRevision(db, 'labels');
    return changed;
  });
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

export interface ClassCount {
  readonly classId: ClassId;
  readonly name: string;
  /** Labelled images that training may use. */
  readonly training: number;
  /** Labelled images that are held out. */
  readonly heldOut: number;
}

/** Labels a class, of ready images; classes without any included, in the order of the classes. */
export function countLabels(db: ReadableDatabase): readonly ClassCount[] {
  return prepared<ClassCount>(
    db,
    `SELECT classes.id AS classId, classes.name AS name,
            count(images.id) FILTER (WHERE images.held_out = 0) AS training,
            count(images.id) FILTER (WHERE images.held_out = 1) AS heldOut
     FROM classes LEFT JOIN labels ON labels.class_id = classes.id
                  LEFT JOIN images ON images.id = labels.image_id AND images.state = 'ready'
     GROUP BY classes.id ORDER BY classes.id`,
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
