import { createHash } from 'node:crypto';
import {
  inTransaction,
  prepared,
  withLargeCache,
  type ReadableDatabase,
  type WritableDatabase,
} from './database.ts';
import { bumpRevision } from './revisions.ts';
import { getSettings } from './settings.ts';
import type { RootId } from '../../shared/records.ts';

/** Above this the interval of an accuracy no longer gets narrower in any way that matters. */
const maximumImages = 2000;

/** Images that show the same: of the same bytes, or near duplicates. */
export interface ContentGroup {
  /** The lowest content hash of the group, which decides its rank whatever the order of import. */
  readonly contentHash: Buffer;
  /** All of them. */
  readonly contents: readonly Buffer[];
  readonly images: number;
}

/**
 * Decides about every ready image that was imported since the last draw whether it is held out for testing, in one
 * transaction. Nothing decided earlier changes, and duplicates stay together: an image that nearly looks like one that
 * is decided goes where that is. Near duplicates are those that `groupDuplicates` has found.
 * @returns the images now held out that were not before
 */
export function drawHeldOutPool(db: WritableDatabase): number {
  if (!hasUndecided(db)) return 0;
  return withLargeCache(db, () => inTransaction(db, () => draw(db)));
}

function draw(db: WritableDatabase): number {
  const members = listMembers(db);
  const joined = followDuplicates(db, members);
  const groups = undecidedGroups(db, members);
  const { seed, heldOutFraction } = getSettings(db);
  const total = groups.reduce((sum, group) => sum + group.images, 0);
  const wanted = Math.min(Math.round(heldOutFraction * total), maximumImages - countHeldOut(db));
  const chosen = chooseHeldOut(groups, wanted, seed);
  for (const { contents } of chosen) for (const content of contents) decide(db, content, true);
  prepared(db, "UPDATE images SET held_out = 0 WHERE held_out IS NULL AND state = 'ready'").run();
  bumpRevision(db, 'images');
  return joined + chosen.reduce((sum, group) => sum + group.images, 0);
}

/** Whether there are ready images of which it is not decided yet if they are held out. */
export function hasUndecided(db: ReadableDatabase): boolean {
  const sql = "SELECT 1 AS one FROM images WHERE held_out IS NULL AND state = 'ready' LIMIT 1";
  return prepared<{ one: number }>(db, sql).get() !== undefined;
}

/** @returns how many images that decides about */
function decide(db: WritableDatabase, contentHash: Buffer, heldOut: boolean): number {
  const sql =
    "UPDATE images SET held_out = ? WHERE content_hash = ? AND held_out IS NULL AND state = 'ready'";
  return prepared(db, sql).run(heldOut ? 1 : 0, contentHash).changes;
}

/** Puts undecided images where a near duplicate of theirs is. @returns images now held out */
function followDuplicates(db: WritableDatabase, members: readonly Member[]): number {
  const decided = new Map<number, boolean>();
  for (const { groupId, heldOut } of members) {
    if (heldOut !== null) decided.set(groupId, decided.get(groupId) === true || heldOut === 1);
  }
  let joined = 0;
  for (const { groupId, heldOut, contentHash } of members) {
    const hold = decided.get(groupId);
    if (heldOut !== null || hold === undefined) continue;
    const images = decide(db, contentHash, hold);
    if (hold) joined += images;
  }
  return joined;
}

/** A ready image that has a duplicate. */
interface Member {
  readonly groupId: number;
  readonly contentHash: Buffer;
  readonly heldOut: number | null;
}

function listMembers(db: ReadableDatabase): readonly Member[] {
  const sql = `SELECT group_id AS groupId, content_hash AS contentHash, held_out AS heldOut
               FROM duplicates CROSS JOIN images ON images.id = duplicates.image_id WHERE state = 'ready'`;
  return prepared<Member>(db, sql).all();
}

/**
 * Holds out all ready images of `roots` about which nothing is decided yet: test images that somebody set apart. Those
 * with the bytes of a training image, and those that nearly look like one, go into training: a test with pictures that
 * were learnt says nothing. Before `drawHeldOutPool` and, like it, after `groupDuplicates`.
 * @returns the images now held out that were not before
 */
export function holdOutRoots(db: WritableDatabase, roots: readonly RootId[]): number {
  const hold = prepared(
    db,
    "UPDATE images SET held_out = 1 WHERE root_id = ? AND held_out IS NULL AND state = 'ready'",
  );
  return inTransaction(db, () => {
    bumpRevision(db, 'images');
    const joined = followDuplicates(db, listMembers(db));
    return roots.reduce((sum, root) => sum + hold.run(root).changes, joined);
  });
}

/**
 * Chooses whole groups with at most `wanted` images together, in an order that only their content and the seed
 * decide. A group that is larger than what is left is passed over.
 */
export function chooseHeldOut(
  groups: readonly ContentGroup[],
  wanted: number,
  seed: string,
): readonly ContentGroup[] {
  let left = wanted;
  const chosen: ContentGroup[] = [];
  for (const group of inRank(groups, seed)) {
    if (left <= 0) break;
    if (group.images > left) continue;
    chosen.push(group);
    left -= group.images;
  }
  return chosen;
}

/** Sorted in portions by the first byte of the rank: of a million groups nearly all are never looked at. */
function* inRank(groups: readonly ContentGroup[], seed: string): Generator<ContentGroup> {
  const portions = Array.from({ length: 256 }, () => [] as { group: ContentGroup; rank: Buffer }[]);
  for (const group of groups) {
    const rank = rankOf(group.contentHash, seed);
    portions[rank[0]].push({ group, rank });
  }
  for (const portion of portions) {
    portion.sort((a, b) => Buffer.compare(a.rank, b.rank));
    for (const { group } of portion) yield group;
  }
}

function rankOf(contentHash: Buffer, seed: string): Buffer {
  return createHash('sha256').update(seed).update(contentHash).digest();
}

function undecidedGroups(db: ReadableDatabase, members: readonly Member[]): readonly ContentGroup[] {
  const contents = prepared<{ contentHash: Buffer; images: number }>(
    db,
    `SELECT content_hash AS contentHash, count(*) AS images FROM images INDEXED BY images_undecided
     WHERE held_out IS NULL AND state = 'ready' GROUP BY content_hash`,
  ).all();
  const near = new Map(members.map((each) => [each.contentHash.toString('latin1'), each.groupId]));
  const groups = new Map<string | number, { contents: Buffer[]; images: number }>();
  // Contents come in the order of their hashes: the first of a group is its lowest.
  for (const { contentHash, images } of contents) {
    const text = contentHash.toString('latin1');
    const key = near.get(text) ?? text;
    const group = groups.get(key) ?? { contents: [], images: 0 };
    group.contents.push(contentHash);
    group.images += images;
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({ ...group, contentHash: group.contents[0] }));
}

function countHeldOut(db: ReadableDatabase): number {
  const sql = "SELECT count(*) AS n FROM images WHERE state = 'ready' AND held_out = 1";
  return prepared<{ n: number }>(db, sql).get()?.n ?? 0;
}
