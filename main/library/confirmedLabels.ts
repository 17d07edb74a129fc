import type { ImageId } from '../../shared/records.ts';
import { inTransaction, prepared, type WritableDatabase } from './database.ts';

/**
 * Says that the labels which these images have are right, or takes that back; images without a label are passed over.
 * They are no longer listed among the mistakes of a classifier.
 */
export function confirmLabels(db: WritableDatabase, imageIds: readonly ImageId[], confirmed: boolean): void {
  const confirm = prepared(
    db,
    `INSERT OR REPLACE INTO confirmed_labels (image_id, class_id, confirmed_at)
     SELECT image_id, class_id, ? FROM labels WHERE image_id = ?`,
  );
  const takeBack = prepared(db, 'DELETE FROM confirmed_labels WHERE image_id = ?');
  inTransaction(db, () => {
    for (const imageId of imageIds) {
      if (confirmed) confirm.run(Date.now(), imageId);
      else takeBack.run(imageId);
    }
  });
}
