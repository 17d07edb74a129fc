import type { RootId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { bumpRevision } from './revisions.ts';

/**
 * What follows an import, groups of duplicates and the held-out pool, is written in many short transactions, so that
 * labels need not wait for it. How far it is, is kept with the settings: whoever opens the project next finishes it
 * (`finishDecisions`).
 * `begun`: groups may be half written. `drawn`: what is held out is decided, all that is left goes into training.
 */
export type DecisionsState = 'begun' | 'drawn';

const key = 'decisions';
const testRootsKey = 'test-roots';

/** How far decisions are that have not come to their end; null when all have. */
export function openDecisions(db: ReadableDatabase): DecisionsState | null {
  const row = prepared<{ value: DecisionsState }>(db, 'SELECT value FROM settings WHERE key = ?').get(key);
  return row?.value ?? null;
}

/**
 * Begins, unless something has begun and not ended.
 * @param testRoots roots that hold test images, also for who has to finish it
 */
export function beginDecisions(db: WritableDatabase, testRoots: readonly RootId[] = []): void {
  const put = prepared(db, 'INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)');
  inTransaction(db, () => {
    put.run(key, 'begun');
    if (testRoots.length > 0) put.run(testRootsKey, JSON.stringify(testRoots));
  });
}

/** The roots whose new images are all to be held out. */
export function listTestRoots(db: ReadableDatabase): readonly RootId[] {
  const row = prepared<{ value: string }>(db, 'SELECT value FROM settings WHERE key = ?').get(testRootsKey);
  // Written by `beginDecisions`.
  return row === undefined ? [] : (JSON.parse(row.value) as RootId[]);
}

/** Says that all is drawn; in the transaction that holds the drawn images out. */
export function markDrawn(db: WritableDatabase): void {
  prepared(db, "INSERT OR REPLACE INTO settings (key, value) VALUES (?, 'drawn')").run(key);
}

export function endDecisions(db: WritableDatabase): void {
  inTransaction(db, () => {
    prepared(db, 'DELETE FROM settings WHERE key IN (?, ?)').run(key, testRootsKey);
    bumpRevision(db, 'images');
  });
}
