import type { ImageId, RootId } from '../../shared/records.ts';
import { blob, inTransaction, prepared, withLargeCache } from './database.ts';
import type { ReadableDatabase, WritableDatabase } from './database.ts';
import { endDecisions, markDrawn } from './decisions.ts';
import { hashBytes, planFollowers, planHeldOut, type Followers } from './heldOutPlan.ts';
import { bumpRevision } from './revisions.ts';

/**
 * Decides about every ready image that was imported since the last draw whether it is held out for testing, in one
 * transaction. Nothing decided earlier changes, and duplicates stay together: an image that nearly looks like one that
 * is decided goes where that is. For where nobody waits; else `planFollowers`, `followDuplicates`, `planHeldOut`,
 * `holdOut` and `trainOnRest`, which together do the same.
 * @returns the images now held out that were not before
 */
export function drawHeldOutPool(db: WritableDatabase): number {
  if (!hasUndecided(db)) return 0;
  return withLargeCache(db, () =>
    inTransaction(db, () => {
      const joined = followDuplicates(db, planFollowers(db));
      const drawn = holdOut(db, planHeldOut(db));
      trainOnRest(db, 0 as ImageId, Number.MAX_SAFE_INTEGER);
      endDecisions(db);
      return joined + drawn;
    }),
  );
}

/** Whether there are ready images of which it is not decided yet if they are held out. */
export function hasUndecided(db: ReadableDatabase): boolean {
  const sql = "SELECT 1 AS one FROM images WHERE held_out IS NULL AND state = 'ready' LIMIT 1";
  return prepared<{ one: number }>(db, sql).get() !== undefined;
}

/** Puts undecided images, or a part of them, where a near duplicate of theirs is. @returns images now held out */
export function followDuplicates(db: WritableDatabase, { heldOut, training }: Followers): number {
  return inTransaction(db, () => {
    decide(db, training, false);
    return decide(db, heldOut, true);
  });
}

/** Holds the drawn contents out; from then on all that is undecided goes into training. @returns images held out */
export function holdOut(db: WritableDatabase, drawn: Uint8Array): number {
  return inTransaction(db, () => {
    markDrawn(db);
    return decide(db, drawn, true);
  });
}

/**
 * Puts up to `count` undecided images with ids above `after` into training.
 * @returns the last of them; null when none is left
 */
export function trainOnRest(db: WritableDatabase, after: ImageId, count: number): ImageId | null {
  const next = `SELECT max(id) AS id FROM (SELECT id FROM images INDEXED BY images_undecided
                WHERE id > ? AND held_out IS NULL AND state = 'ready' ORDER BY id LIMIT ?)`;
  const train = `UPDATE images INDEXED BY images_undecided SET held_out = 0
                 WHERE id > ? AND id <= ? AND held_out IS NULL AND state = 'ready'`;
  return inTransaction(db, () => {
    const last = prepared<{ id: ImageId | null }>(db, next).get(after, count)?.id ?? null;
    if (last !== null) prepared(db, train).run(after, last);
    return last;
  });
}

/**
 * Holds out all ready images of `roots` about which nothing is decided yet: test images that somebody set apart. Those
 * with the bytes of a training image, and those that nearly look like one, go into training: a test with pictures that
 * were learnt says nothing. Before the pool is drawn and, like that, after duplicates are grouped.
 * @returns the images now held out that were not before
 */
export function holdOutRoots(db: WritableDatabase, roots: readonly RootId[]): number {
  const hold = prepared(
    db,
    "UPDATE images SET held_out = 1 WHERE root_id = ? AND held_out IS NULL AND state = 'ready'",
  );
  return inTransaction(db, () => {
    bumpRevision(db, 'images');
    const joined = followDuplicates(db, planFollowers(db));
    return roots.reduce((sum, root) => sum + hold.run(root).changes, joined);
  });
}

/** @param contents SHA-256 after SHA-256 @returns how many images that decides about */
function decide(db: WritableDatabase, contents: Uint8Array, heldOut: boolean): number {
  const sql =
    "UPDATE images SET held_out = ? WHERE content_hash = ? AND held_out IS NULL AND state = 'ready'";
  const update = prepared(db, sql);
  let images = 0;
  for (let at = 0; at < contents.length; at += hashBytes) {
    images += update.run(heldOut ? 1 : 0, blob(contents.subarray(at, at + hashBytes))).changes;
  }
  return images;
}
