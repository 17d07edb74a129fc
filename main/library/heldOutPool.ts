import { createHash } from 'node:crypto';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { bumpRevision } from './revisions.ts';
import { getSettings } from './settings.ts';
import type { RootId } from '../../shared/records.ts';

/** Above this the interval of an accuracy no longer gets narrower in any way that matters. */
const maximumImages = 2000;

/** Images with the same bytes. */
export interface ContentGroup {
  readonly contentHash: Buffer;
  readonly images: number;
}

/**
 * Decides about every ready image that was imported since the last draw whether it is held out for testing, in one
 * transaction. Nothing decided earlier changes, and images of the same bytes stay together.
 * @returns the images now held out that were not before
 */
export function drawHeldOutPool(db: WritableDatabase): number {
  return inTransaction(db, () => {
    const groups = undecidedGroups(db);
    if (groups.length === 0) return 0;
    const { seed, heldOutFraction } = getSettings(db);
    const total = groups.reduce((sum, group) => sum + group.images, 0);
    const wanted = Math.min(Math.round(heldOutFraction * total), maximumImages - countHeldOut(db));
    const chosen = chooseHeldOut(groups, wanted, seed);
    const hold = prepared(
      db,
      "UPDATE images SET held_out = 1 WHERE content_hash = ? AND held_out IS NULL AND state = 'ready'",
    );
    for (const group of chosen) hold.run(group.contentHash);
    bumpRevision(db, 'images');
    prepared(db, "UPDATE images SET held_out = 0 WHERE held_out IS NULL AND state = 'ready'").run();
    return chosen.reduce((sum, group) => sum + group.images, 0);
  });
}

/**
 * Holds out all ready images of `roots` about which nothing is decided yet: test images that somebody set apart. Those
 * with the bytes of a training image stay in training. Before `drawHeldOutPool`.
 * @returns the images now held out that were not before
 */
export function holdOutRoots(db: WritableDatabase, roots: readonly RootId[]): number {
  const hold = prepared(
    db,
    "UPDATE images SET held_out = 1 WHERE root_id = ? AND held_out IS NULL AND state = 'ready'",
  );
  return inTransaction(db, () => {
    bumpRevision(db, 'images');
    return roots.reduce((sum, root) => sum + hold.run(root).changes, 0);
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
  const ranked = groups
    .map((group) => ({ group, rank: rankOf(group.contentHash, seed) }))
    .sort((a, b) => Buffer.compare(a.rank, b.rank));
  let left = wanted;
  return ranked
    .map(({ group }) => group)
    .filter((group) => {
      const fits = group.images <= left;
      if (fits) left -= group.images;
      return fits;
    });
}

function rankOf(contentHash: Buffer, seed: string): Buffer {
  return createHash('sha256').update(seed).update(contentHash).digest();
}

function undecidedGroups(db: ReadableDatabase): readonly ContentGroup[] {
  return prepared<ContentGroup>(
    db,
    `SELECT content_hash AS contentHash, count(*) AS images FROM images INDEXED BY images_undecided
     WHERE held_out IS NULL AND state = 'ready' GROUP BY content_hash`,
  ).all();
}

function countHeldOut(db: ReadableDatabase): number {
  const sql = "SELECT count(*) AS n FROM images WHERE state = 'ready' AND held_out = 1";
  return prepared<{ n: number }>(db, sql).get()?.n ?? 0;
}
