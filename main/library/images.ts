import { isAbsolute, relative, sep } from 'node:path';
import { folderClass } from '../../shared/folderClass.ts';
import type { FileKey, ImportBatch } from '../../shared/importing.ts';
import { packKnownImages, type KnownImages } from '../../shared/knownImages.ts';
import type { ImageId, ImageRow, ImageState, ImportedImage, RootId } from '../../shared/records.ts';
import { blob, inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { listIds } from './idLists.ts';
import { bumpRevision } from './revisions.ts';
import { listRoots } from './roots.ts';

interface ImageRecord {
  readonly id: ImageId;
  readonly root_id: RootId;
  readonly relative_path: Buffer;
  readonly display_name: string;
  readonly content_hash: Buffer | null;
  readonly byte_size: number;
  readonly mtime: number;
  readonly width: number;
  readonly height: number;
  readonly state: ImageState;
  readonly reason: string | null;
  readonly note: string | null;
  readonly perceptual_hash: Buffer | null;
  readonly slot: number | null;
  readonly held_out: number | null;
}

function rowToImage(row: ImageRecord): ImageRow {
  return {
    id: row.id,
    rootId: row.root_id,
    relativePath: row.relative_path,
    displayName: row.display_name,
    contentHash: row.content_hash?.toString('hex') ?? null,
    byteSize: row.byte_size,
    mtime: row.mtime,
    width: row.width,
    height: row.height,
    state: row.state,
    reason: row.reason,
    note: row.note,
    perceptualHash: row.perceptual_hash?.toString('hex') ?? null,
    slot: row.slot,
    // Not drawn yet, during an import: kept out of training like one that is held out.
    heldOut: row.held_out !== 0,
  };
}

function imageToRow(image: ImportedImage): Omit<ImageRecord, 'id' | 'held_out'> {
  return {
    root_id: image.rootId,
    relative_path: blob(image.relativePath),
    display_name: image.displayName,
    content_hash: image.contentHash === null ? null : Buffer.from(image.contentHash, 'hex'),
    byte_size: image.byteSize,
    mtime: image.mtime,
    width: image.width,
    height: image.height,
    state: image.state,
    reason: image.reason,
    note: image.note,
    perceptual_hash: image.perceptualHash === null ? null : Buffer.from(image.perceptualHash, 'hex'),
    slot: image.slot,
  };
}

/** An image is held out when an image of the same bytes is; undecided when there is none. */
const upsert = `
  INSERT INTO images (root_id, relative_path, display_name, content_hash, byte_size, mtime,
                      width, height, state, reason, note, perceptual_hash, slot, held_out)
  VALUES ($root_id, $relative_path, $display_name, $content_hash, $byte_size, $mtime,
          $width, $height, $state, $reason, $note, $perceptual_hash, $slot,
          (SELECT held_out FROM images WHERE content_hash = $content_hash AND held_out IS NOT NULL LIMIT 1))
  ON CONFLICT (root_id, relative_path) DO UPDATE SET
    display_name = excluded.display_name, content_hash = excluded.content_hash,
    byte_size = excluded.byte_size, mtime = excluded.mtime, width = excluded.width, height = excluded.height,
    state = excluded.state, reason = excluded.reason, note = excluded.note,
    perceptual_hash = excluded.perceptual_hash, slot = excluded.slot, held_out = excluded.held_out`;

/**
 * Writes a batch of the importer in one transaction. A changed file keeps its row, its id and its label. After the
 * last batch it is to be decided what is held out (`app/decideImages`).
 */
export function writeImportBatch(db: WritableDatabase, batch: ImportBatch): void {
  const write = prepared(db, upsert);
  const lose = prepared(db, "UPDATE images SET state = 'missing' WHERE id = ?");
  inTransaction(db, () => {
    for (const image of batch.images) write.run(imageToRow(image));
    for (const id of batch.missing) lose.run(id);
    bumpRevision(db, 'images');
  });
}

/**
 * Images as the importer needs to know them, in the order of roots and the byte order of paths.
 * @param after the image before the first; null for the very first
 * @param count at most so many; −1 for all
 */
export function listKnownImages(db: ReadableDatabase, after: FileKey | null = null, count = -1): KnownImages {
  const sql = `SELECT * FROM images WHERE (root_id, relative_path) > (?, ?)
               ORDER BY root_id, relative_path LIMIT ?`;
  const start = [after?.rootId ?? 0, blob(after?.relativePath ?? new Uint8Array())];
  return packKnownImages(
    prepared<ImageRecord>(db, sql)
      .all(...start, count)
      .map(rowToImage),
  );
}

/** The highest slot that a row refers to, plus 1; 0 when there is none. */
export function slotsInUse(db: ReadableDatabase): number {
  const row = prepared<{ top: number | null }>(db, 'SELECT max(slot) AS top FROM images').get();
  return (row?.top ?? -1) + 1;
}

/** All images in one state, in the order in which they were imported. */
export function listImages(db: ReadableDatabase, state: ImageState): readonly ImageRow[] {
  const sql = 'SELECT * FROM images WHERE state = ? ORDER BY id';
  return prepared<ImageRecord>(db, sql).all(state).map(rowToImage);
}

/** What there is to say of images, in the order in which they were imported. */
export interface ImageRemarks {
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[];
  /** Of images that are usable. */
  readonly notes: readonly { readonly file: string; readonly note: string }[];
}

/** Why images are unreadable, and what was noted about readable ones. */
export function listRemarks(db: ReadableDatabase): ImageRemarks {
  const sql = `SELECT display_name AS file, note FROM images INDEXED BY images_noted
               WHERE note IS NOT NULL AND state = 'ready' ORDER BY id`;
  return {
    unreadable: listImages(db, 'unreadable').map((image) => ({
      file: image.displayName,
      reason: image.reason ?? 'unknown',
    })),
    notes: prepared<{ file: string; note: string }>(db, sql).all(),
  };
}

/** Files that cannot be read, the first of them in the order of import; and how many there are for each reason. */
export interface UnreadableFiles {
  readonly total: number;
  readonly reasons: readonly { readonly reason: string; readonly files: number }[];
  readonly files: readonly { readonly id: ImageId; readonly file: string; readonly reason: string }[];
}

export function listUnreadable(db: ReadableDatabase, most: number): UnreadableFiles {
  const where = "FROM images INDEXED BY images_by_state WHERE state = 'unreadable'";
  const reason = "coalesce(reason, 'unknown') AS reason";
  const reasons = prepared<UnreadableFiles['reasons'][number]>(
    db,
    `SELECT ${reason}, count(*) AS files ${where} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`,
  ).all();
  const files = prepared<UnreadableFiles['files'][number]>(
    db,
    `SELECT id, display_name AS file, ${reason} ${where} ORDER BY id LIMIT ?`,
  ).all(most);
  const total = prepared<{ n: number }>(db, `SELECT count(*) AS n ${where}`).get();
  return { total: total?.n ?? 0, reasons, files };
}

/** An image with the class that its folder's name gives it. */
export interface FolderLabel {
  readonly image: Pick<ImageRow, 'id' | 'contentHash' | 'displayName' | 'heldOut'>;
  readonly className: string;
}

/** Labels by folder of some images, and the id after which to go on; null after the last. */
export interface FolderLabels {
  readonly labels: readonly FolderLabel[];
  readonly last: ImageId | null;
}

/**
 * Of up to `count` ready images with ids above `after` those that lie in a folder below their root, with its name as
 * their class, by their ids.
 */
export function listFolderLabels(db: ReadableDatabase, after: ImageId, count: number): FolderLabels {
  // "+": by id, and not by the index of states, which would have to be sorted for each portion.
  const sql = "SELECT * FROM images WHERE id > ? AND +state = 'ready' ORDER BY id LIMIT ?";
  const images = prepared<ImageRecord>(db, sql).all(after, count).map(rowToImage);
  const labels = images.flatMap(({ id, contentHash, displayName, heldOut, relativePath }) => {
    const className = folderClass(relativePath);
    return className === null ? [] : [{ image: { id, contentHash, displayName, heldOut }, className }];
  });
  return { labels, last: images.at(-1)?.id ?? null };
}

/** Up to `count` ready images, evenly spread over all held-out ones; where none are held out, over all. */
export function spreadImages(
  db: ReadableDatabase,
  count: number,
): { readonly images: readonly ImageRow[]; readonly areHeldOut: boolean } {
  const heldOut = listIds(db, 'heldOut').sort();
  const ids = heldOut.length > 0 ? heldOut : listIds(db, 'inState', 'ready').sort();
  const stride = Math.max(1, ids.length / count);
  const chosen = Array.from({ length: Math.min(count, ids.length) }, (_, i) => ids[Math.floor(i * stride)]);
  const images = chosen.flatMap((id) => getImage(db, id as ImageId) ?? []);
  return { images, areHeldOut: heldOut.length > 0 };
}

/** One image, or null. */
export function getImage(db: ReadableDatabase, id: ImageId): ImageRow | null {
  const row = prepared<ImageRecord>(db, 'SELECT * FROM images WHERE id = ?').get(id);
  return row === undefined ? null : rowToImage(row);
}

/**
 * The images that a path written by a person can mean: relative to any root, or absolute; `\` is taken for `/` where
 * nothing has that name. Several when roots hold files of the same relative path.
 */
export function findImages(db: ReadableDatabase, path: string): readonly ImageRow[] {
  const found = listRoots(db).flatMap((root) =>
    imagesAt(db, root.id, Buffer.from(belowRoot(root.folder, path))),
  );
  return found.length === 0 && path.includes('\\') ? findImages(db, path.replaceAll('\\', '/')) : found;
}

function belowRoot(folder: string, path: string): string {
  const below = isAbsolute(path) ? relative(folder, path).split(sep).join('/') : path;
  return below.replace(/^(\.\/)+/, '');
}

/** The images of this path below any root, in the file system's bytes. */
function findImagesByBytes(db: ReadableDatabase, relativePath: Uint8Array): readonly ImageRow[] {
  return listRoots(db).flatMap((root) => imagesAt(db, root.id, blob(relativePath)));
}

/** For each path what it can mean: text as a person writes it, or the bytes of a path below any root. */
export function findImagesByPaths(
  db: ReadableDatabase,
  paths: readonly (string | Uint8Array)[],
): readonly (readonly ImageRow[])[] {
  return paths.map((path) => (typeof path === 'string' ? findImages(db, path) : findImagesByBytes(db, path)));
}

function imagesAt(db: ReadableDatabase, rootId: RootId, path: Buffer): readonly ImageRow[] {
  const sql = 'SELECT * FROM images WHERE root_id = ? AND relative_path = ?';
  return prepared<ImageRecord>(db, sql).all(rootId, path).map(rowToImage);
}

/** Up to `count` files of a root that were readable, drawn by their content: as good as at random, and always the same. */
export function sampleFiles(
  db: ReadableDatabase,
  rootId: RootId,
  count: number,
): readonly { readonly relativePath: Uint8Array; readonly contentHash: string }[] {
  const sql = `SELECT relative_path AS relativePath, lower(hex(content_hash)) AS contentHash FROM images
               WHERE root_id = ? AND state = 'ready' AND content_hash IS NOT NULL ORDER BY content_hash LIMIT ?`;
  return prepared<{ relativePath: Buffer; contentHash: string }>(db, sql).all(rootId, count);
}

/** Slots to pretrain on, ascending, each once: of ready images that are not held out. */
export function listTrainingSlots(db: ReadableDatabase): Int32Array {
  const sql = "SELECT DISTINCT slot FROM images WHERE state = 'ready' AND held_out = 0 ORDER BY slot";
  const rows = prepared<{ slot: number }>(db, sql).all();
  return Int32Array.from(rows, (row) => row.slot);
}

export interface ImageCounts {
  readonly ready: number;
  readonly unreadable: number;
  readonly missing: number;
  /** Of those ready. */
  readonly heldOut: number;
  /** Different contents among those ready. */
  readonly distinct: number;
}

/** How many images the project has, by state. */
export function countImages(db: ReadableDatabase): ImageCounts {
  const states = prepared<{ state: ImageState; n: number; held: number }>(
    db,
    'SELECT state, count(*) AS n, total(held_out) AS held FROM images GROUP BY state',
  ).all();
  const count = (state: ImageState): number => states.find((row) => row.state === state)?.n ?? 0;
  const distinct = prepared<{ n: number }>(
    db,
    "SELECT count(DISTINCT slot) AS n FROM images WHERE state = 'ready'",
  ).get();
  return {
    ready: count('ready'),
    unreadable: count('unreadable'),
    missing: count('missing'),
    heldOut: states.find((row) => row.state === 'ready')?.held ?? 0,
    distinct: distinct?.n ?? 0,
  };
}
