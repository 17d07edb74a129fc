import { inTransaction, prepared, type WritableDatabase } from '../../main/library/database.ts';
import { changeDuplicates, planDuplicates } from '../../main/library/duplicates.ts';
import { bumpRevision } from '../../main/library/revisions.ts';

/**
 * Groups all ready images anew in one transaction, which the application (`app/decideImages`) does in many short ones.
 * @returns images that have a duplicate
 */
export function groupDuplicates(db: WritableDatabase): number {
  return inTransaction(db, () => {
    changeDuplicates(db, planDuplicates(db));
    bumpRevision(db, 'images');
    return prepared<{ n: number }>(db, 'SELECT count(*) AS n FROM duplicates').get()?.n ?? 0;
  });
}
