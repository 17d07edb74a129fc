import { prepared, type ReadableDatabase } from './database.ts';

/**
 * Lists of image ids, each in the order of an index that answers it alone, which a test holds. Windows are put
 * together from them.
 */
export const idQueries = {
  any: 'SELECT id FROM images INDEXED BY images_by_root',
  byName: 'SELECT id FROM images ORDER BY display_name, id',
  byTime: 'SELECT id FROM images ORDER BY mtime DESC, id DESC',
  byLabelTime: 'SELECT image_id AS id FROM labels ORDER BY labelled_at DESC, image_id DESC',
  byClass: 'SELECT image_id AS id FROM labels ORDER BY class_id, image_id',
  inState: 'SELECT id FROM images WHERE state = ?',
  heldOut: "SELECT id FROM images WHERE state = 'ready' AND held_out = 1",
  undecided: "SELECT id FROM images WHERE state = 'ready' AND held_out IS NULL",
  ofClass: 'SELECT image_id AS id FROM labels WHERE class_id = ?',
  ofRoot: 'SELECT id FROM images WHERE root_id = ?',
  inFolder: 'SELECT id FROM images WHERE root_id = ? AND relative_path >= ? AND relative_path < ?',
  named: "SELECT id FROM images INDEXED BY images_by_name WHERE display_name LIKE ? ESCAPE '\\'",
  duplicates: 'SELECT image_id AS id FROM duplicates ORDER BY image_id',
  noted: 'SELECT id FROM images INDEXED BY images_noted WHERE note IS NOT NULL',
  marked: 'SELECT image_id AS id FROM marks WHERE mark = ?',
} as const satisfies Readonly<Record<string, string>>;

export type IdQuery = keyof typeof idQueries;

/** The ids that a query finds, in its order. */
export function listIds(db: ReadableDatabase, query: IdQuery, ...values: readonly unknown[]): Int32Array {
  // One value instead of a row an id: at a million ids a third of the time.
  const sql = `SELECT CAST(group_concat(id) AS BLOB) AS ids, count(*) AS n FROM (${idQueries[query]})`;
  const row = prepared<{ ids: Buffer | null; n: number }>(db, sql).get(...values);
  return row === undefined || row.ids === null ? new Int32Array(0) : parseIds(row.ids, row.n);
}

/** The ids of all images, ascending; counted up where none is lacking. */
export function listAllIds(db: ReadableDatabase): Int32Array {
  const top = prepared<{ top: number | null }>(db, 'SELECT max(id) AS top FROM images').get()?.top ?? 0;
  const count = prepared<{ n: number }>(db, 'SELECT count(*) AS n FROM images').get()?.n ?? 0;
  if (top !== count) return listIds(db, 'any').sort();
  const ids = new Int32Array(count);
  for (let i = 0; i < count; i++) ids[i] = i + 1;
  return ids;
}

/** From the lowest path of what lies in `folder` to the highest, which is not in it. */
export function folderRange(folder: string): readonly [Buffer, Buffer] {
  const path = folder.replace(/^(\.?\/)+|\/+$/g, '');
  // "0" follows "/"; no name has the byte 0.
  return path === ''
    ? [Buffer.of(0), Buffer.of(0xff, 0xff, 0xff)]
    : [Buffer.from(`${path}/`), Buffer.from(`${path}0`)];
}

/** A LIKE pattern for what contains `text`. */
export function textPattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

const comma = 44;
const zero = 48;

/** `count` numbers in decimal digits, a comma between two. */
export function parseIds(text: Buffer, count: number): Int32Array {
  const ids = new Int32Array(count);
  let at = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i];
    if (byte === comma) {
      ids[at++] = value;
      value = 0;
    } else value = value * 10 + byte - zero;
  }
  if (count > 0) ids[at] = value;
  return ids;
}
