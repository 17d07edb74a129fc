import { prepared, type ReadableDatabase } from './database.ts';
import type { SuggestionPool } from '../../shared/selecting.ts';

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
