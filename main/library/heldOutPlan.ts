import { hash } from 'node:crypto';
import { prepared, type ReadableDatabase } from './database.ts';
import { openDecisions } from './decisions.ts';
import { getSettings } from './settings.ts';

/** Above this the interval of an accuracy no longer gets narrower in any way that matters. */
const maximumImages = 2000;
/** Of a SHA-256. */
export const hashBytes = 32;

/** Contents that go where a near duplicate of theirs is: SHA-256 after SHA-256. */
export interface Followers {
  readonly heldOut: Uint8Array;
  readonly training: Uint8Array;
}

/** Finds undecided images of which a near duplicate is decided. Those are what `planDuplicates` has found. */
export function planFollowers(db: ReadableDatabase): Followers {
  const members = listMembers(db);
  const decided = new Map<number, boolean>();
  for (const { groupId, heldOut } of members) {
    if (heldOut !== null) decided.set(groupId, decided.get(groupId) === true || heldOut === 1);
  }
  const going = (hold: boolean): Uint8Array =>
    Buffer.concat(
      members
        .filter(({ groupId, heldOut }) => heldOut === null && decided.get(groupId) === hold)
        .map(({ contentHash }) => contentHash),
    );
  return { heldOut: going(true), training: going(false) };
}

/**
 * Draws what to hold out of the undecided images, duplicates together, in an order that only their content and the seed
 * decide: SHA-256 after SHA-256, empty when all is drawn. After the followers are decided. Takes seconds at a million.
 */
export function planHeldOut(db: ReadableDatabase): Uint8Array {
  if (openDecisions(db) === 'drawn') return new Uint8Array();
  const { seed, heldOutFraction } = getSettings(db);
  const { groups, total } = undecidedGroups(db, seed);
  const wanted = Math.min(Math.round(heldOutFraction * total), maximumImages - countHeldOut(db));
  return Buffer.concat(choose(groups, wanted).flatMap(({ contents }) => contents));
}

/** Undecided images that show the same: of the same bytes, or near duplicates. */
interface ContentGroup {
  /** Of the lowest content hash, whatever the order of import. */
  readonly rank: Buffer;
  readonly contents: Buffer[];
  images: number;
}

/** Chooses whole groups with at most `wanted` images together. A group that is larger than what is left is passed over. */
function choose(groups: readonly ContentGroup[], wanted: number): readonly ContentGroup[] {
  let left = wanted;
  const chosen: ContentGroup[] = [];
  for (const group of inRank(groups)) {
    if (left <= 0) break;
    if (group.images > left) continue;
    chosen.push(group);
    left -= group.images;
  }
  return chosen;
}

/** Sorted in portions by the first byte of the rank: of a million groups nearly all are never looked at. */
function* inRank(groups: readonly ContentGroup[]): Generator<ContentGroup> {
  const portions = Array.from({ length: 256 }, () => [] as ContentGroup[]);
  for (const group of groups) portions[group.rank[0]].push(group);
  for (const portion of portions) yield* portion.sort((a, b) => Buffer.compare(a.rank, b.rank));
}

/**
 * The undecided groups that may come to be chosen, and how many images there are in all groups. Of single images only
 * those of the lowest ranks are kept: as many of them as can be held out come before all others.
 */
function undecidedGroups(
  db: ReadableDatabase,
  seed: string,
): { readonly groups: readonly ContentGroup[]; readonly total: number } {
  const rows = prepared<{ contentHash: Buffer; images: number }>(
    db,
    `SELECT content_hash AS contentHash, count(*) AS images FROM images INDEXED BY images_undecided
     WHERE held_out IS NULL AND state = 'ready' GROUP BY content_hash`,
  ).iterate();
  const near = new Map(listMembers(db).map((each) => [each.contentHash.toString('latin1'), each.groupId]));
  const groups: ContentGroup[] = [];
  const singles = lowestRanks();
  let total = 0;
  const byGroupId = new Map<number, ContentGroup>();
  // Contents come in the order of their hashes: the first of a group is its lowest.
  for (const { contentHash, images } of rows) {
    total += images;
    const groupId = near.size === 0 ? undefined : near.get(contentHash.toString('latin1'));
    const known = groupId === undefined ? undefined : byGroupId.get(groupId);
    if (known !== undefined) {
      known.contents.push(contentHash);
      known.images += images;
      continue;
    }
    const group = { rank: rankOf(contentHash, seed), contents: [contentHash], images };
    if (groupId === undefined && images === 1) {
      singles.add(group);
      continue;
    }
    groups.push(group);
    if (groupId !== undefined) byGroupId.set(groupId, group);
  }
  return { groups: [...groups, ...singles.kept()], total };
}

/** Keeps at least the `maximumImages` groups of the lowest ranks that were added. */
function lowestRanks(): { add(group: ContentGroup): void; kept(): readonly ContentGroup[] } {
  const kept: ContentGroup[] = [];
  let highest: Buffer | undefined;
  return {
    add(group) {
      if (highest !== undefined && Buffer.compare(group.rank, highest) > 0) return;
      if (kept.push(group) < 4 * maximumImages) return;
      kept.sort((a, b) => Buffer.compare(a.rank, b.rank));
      kept.length = maximumImages;
      highest = kept.at(-1)?.rank;
    },
    kept: () => kept,
  };
}

function rankOf(contentHash: Buffer, seed: string): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(seed), contentHash]), 'buffer');
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

function countHeldOut(db: ReadableDatabase): number {
  const sql = "SELECT count(*) AS n FROM images WHERE state = 'ready' AND held_out = 1";
  return prepared<{ n: number }>(db, sql).get()?.n ?? 0;
}
