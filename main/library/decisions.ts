import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { bumpRevision } from './revisions.ts';

/**
 * What follows an import, groups of duplicates and the held-out pool, is written in many short transactions, so that
 * labels need not wait for it. How far it is, is kept with the settings: whoever opens the project next finishes it.
 * `begun`: groups may be half written. `drawn`: what is held out is decided, all that is left goes into training.
 */
export type DecisionsState = 'begun' | 'drawn';

const key = 'decisions';

/** How far decisions are that have not come to their end; null when all have. */
export function openDecisions(db: ReadableDatabase): DecisionsState | null {
  const row = prepared<{ value: DecisionsState }>(db, 'SELECT value FROM settings WHERE key = ?').get(key);
  return row?.value ?? null;
}

/** Begins, unless something has begun and not ended. */
export function beginDecisions(db: WritableDatabase): void {
  prepared(db, "INSERT OR IGNORE INTO settings (key, value) VALUES (?, 'begun')").run(key);
}

/** Says that all is drawn; in the transaction that holds the drawn images out. */
export function markDrawn(db: WritableDatabase): void {
  prepared(db, "INSERT OR REPLACE INTO settings (key, value) VALUES (?, 'drawn')").run(key);
}

export function endDecisions(db: WritableDatabase): void {
  inTransaction(db, () => {
    prepared(db, 'DELETE FROM settings WHERE key = ?').run(key);
    bumpRevision(db, 'images');
  });
}
