import { prepared, type ReadableDatabase } from './database.ts';

/**
 * The ready images, as a choice of what to label needs them: a row each, in the order of the images. Those whose place
 * in or out of the held-out pool is not decided yet are absent.
 */
export interface SuggestionPool {
  readonly imageIds: Int32Array;
  readonly slots: Int32Array;
  /** 1 for those held out. */
  readonly heldOut: Uint8Array;
  /** The class of its label; 0 without one. */
  readonly classIds: Int32Array;
  /** The id of its group of duplicates; its own id where it has none. */
  readonly groupIds: Int32Array;
}

export function readSuggestionPool(db: ReadableDatabase): SuggestionPool {
  const sql = `
    SELECT images.id, slot, held_out, coalesce(labels.class_id, 0), coalesce(duplicates.group_id, images.id)
    FROM images LEFT JOIN labels ON labels.image_id = images.id
                LEFT JOIN duplicates ON duplicates.image_id = images.id
    WHERE state = 'ready' AND slot IS NOT NULL AND held_out IS NOT NULL ORDER BY images.id`;
  // Arrays instead of objects: there may be a million rows.
  const rows = prepared<readonly [number, number, number, number, number]>(db, sql).raw().all();
  const column = (i: number): Int32Array => Int32Array.from(rows, (row) => row[i]);
  return {
    imageIds: column(0),
    slots: column(1),
    heldOut: Uint8Array.from(rows, (row) => row[2]),
    classIds: column(3),
    groupIds: column(4),
  };
}
