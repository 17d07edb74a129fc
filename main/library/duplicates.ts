import type { ImageId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { parseIds } from './idLists.ts';
import { findLeaders, type HashedImages } from './nearGroups.ts';

/** Images that show the same, the first of them (the group's id) first. */
export interface DuplicateGroup {
  readonly groupId: ImageId;
  readonly images: readonly {
    readonly id: ImageId;
    /** `exact`: another image of the group has the same bytes. `near`: it only looks the same. */
    readonly kind: 'exact' | 'near';
  }[];
}

/** The queries over all images, for the test of their plans. */
export const duplicateQueries = {
  sameBytes: `SELECT group_concat(id) AS ids FROM images
              WHERE content_hash IS NOT NULL GROUP BY content_hash HAVING count(*) > 1`,
  byLook: `SELECT id, perceptual_hash AS hash FROM images INDEXED BY images_by_look
           WHERE perceptual_hash IS NOT NULL ORDER BY id`,
  notReady: `SELECT id FROM images INDEXED BY images_by_state WHERE state IN ('unreadable', 'missing')`,
} as const;

/** Changes of groups; arrays of one length. */
export interface DuplicateChanges {
  readonly ids: Int32Array;
  /** The group that an image is in from now on; 0 for none. */
  readonly groupIds: Int32Array;
  /** 1 where another image of the group has the same bytes. */
  readonly exact: Uint8Array;
}

/** What is to be changed so that the groups are those of the images that there are now. Takes seconds at a million. */
export function planDuplicates(db: ReadableDatabase): DuplicateChanges {
  const sql = 'SELECT image_id AS id, group_id AS groupId, kind FROM duplicates';
  const before = new Map(
    prepared<Grouped>(db, sql)
      .all()
      .map((row) => [row.id, row]),
  );
  const changed: Grouped[] = [];
  for (const now of findGroups(db)) {
    const old = before.get(now.id);
    before.delete(now.id);
    if (old?.groupId !== now.groupId || old.kind !== now.kind) changed.push(now);
  }
  const gone = [...before.keys()].map((id) => ({ id, groupId: 0, kind: 'near' as const }));
  const all = [...changed, ...gone];
  return {
    ids: Int32Array.from(all, ({ id }) => id),
    groupIds: Int32Array.from(all, ({ groupId }) => groupId),
    exact: Uint8Array.from(all, ({ kind }) => (kind === 'exact' ? 1 : 0)),
  };
}

/** Writes changes, or a part of them, in one transaction. */
export function changeDuplicates(db: WritableDatabase, { ids, groupIds, exact }: DuplicateChanges): void {
  const put = prepared(db, 'INSERT OR REPLACE INTO duplicates (image_id, group_id, kind) VALUES (?, ?, ?)');
  const remove = prepared(db, 'DELETE FROM duplicates WHERE image_id = ?');
  inTransaction(db, () => {
    for (const [i, id] of ids.entries()) {
      if (groupIds[i] === 0) remove.run(id);
      else put.run(id, groupIds[i], exact[i] === 1 ? 'exact' : 'near');
    }
  });
}

/** Up to `count` groups after `after` (a group's id), in the order of their ids. */
export function listDuplicateGroups(
  db: ReadableDatabase,
  count: number,
  after = 0 as ImageId,
): readonly DuplicateGroup[] {
  const sql = 'SELECT DISTINCT group_id AS id FROM duplicates WHERE group_id > ? ORDER BY group_id LIMIT ?';
  const groups = prepared<{ id: ImageId }>(db, sql).all(after, count);
  return groups.map(({ id }) => ({ groupId: id, images: membersOf(db, id) }));
}

/** The group of an image, or null. */
export function getDuplicateGroup(db: ReadableDatabase, id: ImageId): DuplicateGroup | null {
  const sql = 'SELECT group_id AS groupId FROM duplicates WHERE image_id = ?';
  const row = prepared<{ groupId: ImageId }>(db, sql).get(id);
  return row === undefined ? null : { groupId: row.groupId, images: membersOf(db, row.groupId) };
}

function membersOf(db: ReadableDatabase, groupId: ImageId): DuplicateGroup['images'] {
  const sql = 'SELECT image_id AS id, kind FROM duplicates WHERE group_id = ? ORDER BY image_id';
  return prepared<DuplicateGroup['images'][number]>(db, sql).all(groupId);
}

interface Grouped {
  readonly id: number;
  readonly groupId: number;
  readonly kind: 'exact' | 'near';
}

function findGroups(db: ReadableDatabase): readonly Grouped[] {
  const notReady = new Set(
    prepared<{ id: number }>(db, duplicateQueries.notReady)
      .all()
      .map((row) => row.id),
  );
  /** Each copy's first image of the same bytes. */
  const firsts = new Map<number, number>();
  for (const { ids } of prepared<{ ids: string }>(db, duplicateQueries.sameBytes).iterate()) {
    const copies = ids
      .split(',')
      .map(Number)
      .filter((id) => !notReady.has(id))
      .sort((a, b) => a - b);
    if (copies.length > 1) for (const id of copies) firsts.set(id, copies[0]);
  }
  const isCopy = (id: number): boolean => (firsts.get(id) ?? id) !== id;
  const leaders = findLeaders(hashedImages(db, (id) => notReady.has(id) || isCopy(id)));
  const exact = [...firsts].map(([id, first]) => {
    return { id, groupId: leaders.get(first) ?? first, kind: 'exact' as const };
  });
  const near = [...leaders, ...[...new Set(leaders.values())].map((id) => [id, id] as const)]
    .filter(([id]) => !firsts.has(id))
    .map(([id, groupId]) => ({ id, groupId, kind: 'near' as const }));
  return [...exact, ...near].sort((a, b) => a.id - b.id);
}

/** Those of the images with a hash that are not in `without`, in the order of import: the earliest leads its group. */
function hashedImages(db: ReadableDatabase, without: (id: number) => boolean): HashedImages {
  // One value instead of a row an image: at a million images a quarter of the time.
  const sql = `SELECT CAST(group_concat(id) AS BLOB) AS ids, CAST(group_concat(hex(hash), '') AS BLOB) AS hashes,
               count(*) AS n FROM (${duplicateQueries.byLook})`;
  const row = prepared<{ ids: Buffer | null; hashes: Buffer | null; n: number }>(db, sql).get();
  const listed = parseIds(row?.ids ?? Buffer.alloc(0), row?.n ?? 0);
  const places = Int32Array.from(listed.keys()).filter((place) => !without(listed[place]));
  const half = (digit: number) => (place: number) => parseHex(row?.hashes, place * 16 + digit);
  return { ids: places.map((place) => listed[place]), high: places.map(half(0)), low: places.map(half(8)) };
}

/** Eight hexadecimal digits (capital letters) as 32 bits. */
function parseHex(text: Buffer | null | undefined, start: number): number {
  if (!text) return 0;
  let value = 0;
  for (let i = start; i < start + 8; i++) value = (value << 4) | (text[i] > 64 ? text[i] - 55 : text[i] - 48);
  return value;
}
