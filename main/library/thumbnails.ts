import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImportBatch, Thumbnail } from '../../shared/importing.ts';
import type { ImageId } from '../../shared/records.ts';
import {
  blob,
  inTransaction,
  logBytes,
  prepared,
  type ReadableDatabase,
  type WritableDatabase,
} from './database.ts';
import { isDamage } from './nameDamage.ts';

/**
 * Thumbnails lie in a file of their own beside the project's, attached to its connections as `thumbnails`: they can be
 * made again, so that file is neither synchronised on every commit nor missed when it is damaged. They are found by
 * the slot, which images of the same bytes share: slots come in order, so that a batch is written behind the last one,
 * where hashes would touch pages all over an index.
 */
const pageBytes = 16_384;
const tables = `
  CREATE TABLE IF NOT EXISTS thumbnails.by_slot (
    slot  INTEGER PRIMARY KEY,
    type  TEXT NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT`;

/** Attaches the project's thumbnails for writing; a file that is damaged makes room for an empty one. */
export function attachThumbnails(db: WritableDatabase, folder: string): void {
  const path = thumbnailsPath(folder);
  try {
    attach(db, path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    replace(db, path);
  }
}

function replace(db: WritableDatabase, path: string): void {
  if (isAttached(db)) db.exec('DETACH thumbnails');
  for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
  attach(db, path);
}

function attach(db: WritableDatabase, path: string): void {
  db.prepare('ATTACH ? AS thumbnails').run(path);
  // Of a new file: a page holds several small files, or one thumbnail.
  db.pragma(`thumbnails.page_size = ${pageBytes}`);
  db.pragma('thumbnails.journal_mode = WAL');
  db.pragma('thumbnails.synchronous = NORMAL');
  db.pragma(`thumbnails.wal_autocheckpoint = ${logBytes / pageBytes}`);
  db.exec(tables);
}

/** Attaches the project's thumbnails for reading, where there are any. */
export function attachThumbnailsReadOnly(db: ReadableDatabase, folder: string): void {
  const path = thumbnailsPath(folder);
  if (existsSync(path)) db.prepare('ATTACH ? AS thumbnails').run(path);
}

/**
 * Writes the thumbnails of an import's batch; before its images, which then never lack theirs. Where their file turns
 * out to be damaged it makes room for a new one.
 */
export function writeThumbnails(db: WritableDatabase, batch: ImportBatch): void {
  if (batch.thumbnails === undefined || batch.thumbnails.length === 0) return;
  try {
    insertThumbnails(db, batch);
  } catch (error) {
    if (!isDamage(error) || db.inTransaction) throw error;
    replace(db, thumbnailsPath(dirname(db.name)));
    insertThumbnails(db, batch);
  }
}

function insertThumbnails(db: WritableDatabase, { thumbnails = [] }: ImportBatch): void {
  const insert = prepared(
    db,
    'INSERT OR REPLACE INTO thumbnails.by_slot (slot, type, bytes) VALUES (?, ?, ?)',
  );
  inTransaction(db, () => {
    for (const { slot, type, bytes } of thumbnails) insert.run(slot, type, blob(bytes));
  });
}

/** The thumbnail of an image, or null where it has none, or none that can be read. */
export function getThumbnail(db: ReadableDatabase, id: ImageId): Thumbnail | null {
  if (!isAttached(db)) return null;
  const sql = `
    SELECT by_slot.type AS type, by_slot.bytes AS bytes
    FROM images JOIN thumbnails.by_slot ON by_slot.slot = images.slot WHERE images.id = ?`;
  try {
    return prepared<Thumbnail>(db, sql).get(id) ?? null;
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function isAttached(db: ReadableDatabase): boolean {
  const sql = "SELECT 1 AS one FROM pragma_database_list WHERE name = 'thumbnails'";
  return prepared<{ one: number }>(db, sql).get() !== undefined;
}

function thumbnailsPath(folder: string): string {
  return join(folder, 'thumbnails.db');
}
