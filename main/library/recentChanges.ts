import type { LabelChange, Mark } from '../../shared/labelling.ts';
import type { ClassId, ImageId, LabelSource } from '../../shared/records.ts';
import { prepared, type ReadableDatabase } from './database.ts';

interface Part {
  readonly changeId: number;
  readonly changedAt: number;
}

interface LabelPart extends Part {
  readonly images: number;
  readonly imageId: ImageId;
  readonly classId: ClassId | null;
  readonly source: LabelSource;
}

interface MarkPart extends Part {
  readonly images: number;
  readonly imageId: ImageId;
  readonly mark: Mark | null;
}

interface ClassPart extends Part {
  readonly oldName: string;
  readonly newName: string;
  readonly removed: 0 | 1;
}

const ofLabels = `
  SELECT change_id AS changeId, count(*) AS images, min(image_id) AS imageId, min(changed_at) AS changedAt,
         min(new_source) AS source,
         CASE WHEN min(new_class_id) = max(new_class_id) AND count(new_class_id) = count(*)
              THEN min(new_class_id) END AS classId
  FROM label_history WHERE undone = ? GROUP BY change_id ORDER BY change_id DESC LIMIT ?`;
const ofMarks = `
  SELECT change_id AS changeId, count(*) AS images, min(image_id) AS imageId, min(changed_at) AS changedAt,
         min(new_mark) AS mark
  FROM mark_history WHERE undone = ? GROUP BY change_id ORDER BY change_id DESC LIMIT ?`;
const ofClasses = `
  SELECT change_id AS changeId, changed_at AS changedAt, old_name AS oldName, new_name AS newName,
         new_removed AS removed
  FROM class_history WHERE undone = ? ORDER BY change_id DESC LIMIT ?`;

/** The last `count` steps that hold and all that can be done again, newest first. */
export function recentChanges(db: ReadableDatabase, count: number): readonly LabelChange[] {
  return [...changesOf(db, true, -1), ...changesOf(db, false, count).slice(0, count)];
}

function changesOf(db: ReadableDatabase, undone: boolean, count: number): readonly LabelChange[] {
  const values = [undone ? 1 : 0, count];
  const changes = new Map<number, LabelChange>();
  // A label that takes a mark along is a label; one that goes with its class is the class's.
  for (const part of prepared<MarkPart>(db, ofMarks).all(...values)) {
    changes.set(part.changeId, { ...nothing, ...part, kind: 'marks', undone });
  }
  for (const part of prepared<LabelPart>(db, ofLabels).all(...values)) {
    changes.set(part.changeId, { ...nothing, ...part, kind: 'labels', undone });
  }
  for (const { oldName, newName, removed, ...part } of prepared<ClassPart>(db, ofClasses).all(...values)) {
    const renamed = { from: oldName, to: removed === 1 ? null : newName };
    changes.set(part.changeId, {
      ...(changes.get(part.changeId) ?? nothing),
      ...part,
      ...{ kind: 'class', renamed, undone },
    });
  }
  return [...changes.values()].sort((a, b) => b.changeId - a.changeId);
}

const nothing = { images: 0, imageId: null, classId: null, mark: null, renamed: null, source: null };
