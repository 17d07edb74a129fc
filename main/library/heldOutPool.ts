import type { ImageId, RootId } from '../../shared/records.ts';
import { blob, inTransaction, prepared } from './database.ts';
import type { ReadableDatabase, WritableDatabase } from './database.ts';
import { markDrawn } from './decisions.ts';
import { hashBytes, type Followers } from './heldOutPlan.ts';

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
  const train = `UPDATE images INDEXED BY images_undecided SET held_out = 0
                 WHERE id > ? AND id <= ? AND held_out IS NULL AND state = 'ready'`;
  return inTransaction(db, () => {
    const last = lastUndecided(db, after, count);
    if (last !== null) prepared(db, train).run(after, last);
    return last;
  });
}

/**
 * Of up to `count` undecided images with ids above `after` holds out those of `roots`: test images that somebody set
 * apart. To be called before the pool is drawn and after the followers are decided: those with the bytes of a training
 * image, and those that nearly look like one, are in training then, since a test with pictures that were learnt says
 * nothing.
 * @returns the last that was looked at; null when none is left
 */
export function holdOutRoots(
  db: WritableDatabase,
  roots: readonly RootId[],
  after: ImageId,
  count: number,
): ImageId | null {
  const hold = `UPDATE images INDEXED BY images_undecided SET held_out = 1
                WHERE id > ? AND id <= ? AND held_out IS NULL AND state = 'ready' AND root_id = ?`;
  return inTransaction(db, () => {
    const last = lastUndecided(db, after, count);
    if (last !== null) for (const root of roots) prepared(db, hold).run(after, last, root);
    return last;
  });
}

/** The last of up to `count` undecided images with ids above `after`; null when there is none. */
function lastUndecided(db: ReadableDatabase, after: ImageId, count: number): ImageId | null {
  const sql = `SELECT max(id) AS id FROM (SELECT id FROM images INDEXED BY images_undecided
               WHERE id > ? AND held_out IS NULL AND state = 'ready' ORDER BY id LIMIT ?)`;
  return prepared<{ id: ImageId | null }>(db, sql).get(after, count)?.id ?? null;
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
