import type { ImportBatch } from '../../shared/importing.ts';
import type { WritableDatabase } from './database.ts';
import { writeImportBatch } from './images.ts';
import { writeThumbnails } from './thumbnails.ts';

/** Writes a batch of the importer: its thumbnails first, so that no image ever lacks its own. */
export function writeBatch(db: WritableDatabase, batch: ImportBatch): void {
  writeThumbnails(db, batch);
  writeImportBatch(db, batch);
}
