import type { ReadableDatabase } from '../../main/library/database.ts';
import { listLabels } from '../../main/library/labels.ts';

/**
 * How many labels of `acknowledged` (image, class), which a killed process said were on disk, the project lacks. Those
 * that it has are acknowledged from then on.
 */
export function countLostLabels(db: ReadableDatabase, acknowledged: Map<number, number>): number {
  const found = new Map(listLabels(db).map((label) => [Number(label.imageId), Number(label.classId)]));
  let lost = 0;
  for (const [image, classId] of acknowledged) {
    // The label after the last acknowledged one may be on disk already: it is another image's, or changed this one.
    if (!found.has(image)) lost += 1;
    else if (found.get(image) !== classId && !isNext(db, image)) lost += 1;
  }
  for (const [image, classId] of found) acknowledged.set(image, classId);
  return lost;
}

/** Whether the last change of all is of this image: it was written, and the process was killed before it said so. */
function isNext(db: ReadableDatabase, image: number): boolean {
  const sql = 'SELECT image_id AS image FROM label_history ORDER BY id DESC LIMIT 1';
  return db.prepare<unknown[], { image: number }>(sql).get()?.image === image;
}
