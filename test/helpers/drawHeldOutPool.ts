import { inTransaction, withLargeCache, type WritableDatabase } from '../../main/library/database.ts';
import { endDecisions } from '../../main/library/decisions.ts';
import { planFollowers, planHeldOut } from '../../main/library/heldOutPlan.ts';
import { followDuplicates, hasUndecided, holdOut, trainOnRest } from '../../main/library/heldOutPool.ts';
import type { ImageId } from '../../shared/records.ts';

/**
 * Decides in one transaction about every ready image that was imported since the last draw whether it is held out, which
 * the application (`app/decideImages`) does in many short ones.
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
