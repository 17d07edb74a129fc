import type { RootId } from '../../shared/records.ts';
import { prepared, type ReadableDatabase } from './database.ts';
import { folderRange } from './idLists.ts';

/** A folder that holds images, directly or further below. */
export interface FolderCount {
  readonly name: string;
  /** Its path below the root, `/` between folders. */
  readonly folder: string;
  readonly images: number;
}

/** The queries of `listFolders`, for the test of their plans. */
export const folderQueries = {
  next: `SELECT relative_path AS path FROM images
         WHERE root_id = ? AND relative_path >= ? AND relative_path < ?
           AND instr(substr(relative_path, ?), x'2F') > 0 ORDER BY relative_path LIMIT 1`,
  count: 'SELECT count(*) AS n FROM images WHERE root_id = ? AND relative_path >= ? AND relative_path < ?',
  root: 'SELECT count(*) AS n FROM images WHERE root_id = ?',
} as const;

/** More are not shown: a folder of so many folders is looked through by typing. */
const most = 500;
const slash = 47;

/**
 * The folders directly below `folder` ("" for the root itself), with the images in and below each. Goes from folder to
 * folder along the index of paths. Names that are no UTF-8 are left out.
 */
export function listFolders(db: ReadableDatabase, rootId: RootId, folder: string): readonly FolderCount[] {
  const length = folder === '' ? 0 : Buffer.byteLength(folder) + 1;
  const [start, end] = folderRange(folder);
  const next = prepared<{ path: Buffer }>(db, folderQueries.next);
  const found: FolderCount[] = [];
  for (let from = start; found.length < most;) {
    const path = next.get(rootId, from, end, length + 1)?.path;
    if (path === undefined) break;
    const bytes = path.subarray(0, path.indexOf(slash, length));
    const text = bytes.toString();
    if (Buffer.from(text).equals(bytes)) found.push(countFolder(db, rootId, text));
    // "0" follows "/".
    from = Buffer.concat([bytes, Buffer.from('0')]);
  }
  return found;
}

function countFolder(db: ReadableDatabase, rootId: RootId, folder: string): FolderCount {
  const row = prepared<{ n: number }>(db, folderQueries.count).get(rootId, ...folderRange(folder));
  return { name: folder.slice(folder.lastIndexOf('/') + 1), folder, images: row?.n ?? 0 };
}

/** Images of a root, in whatever state. */
export function countRoot(db: ReadableDatabase, rootId: RootId): number {
  return prepared<{ n: number }>(db, folderQueries.root).get(rootId)?.n ?? 0;
}
