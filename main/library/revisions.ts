import { prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

/** How often images and labels have changed: what was computed from them holds while these stay the same. */
export interface Revisions {
  readonly images: number;
  readonly labels: number;
}

/** The revisions as the connection sees them now, also those of other processes. */
export function getRevisions(db: ReadableDatabase): Revisions {
  const sql = 'SELECT subject, value FROM revisions';
  const rows = prepared<{ subject: keyof Revisions; value: number }>(db, sql).all();
  const value = (subject: keyof Revisions): number => rows.find((row) => row.subject === subject)?.value ?? 0;
  return { images: value('images'), labels: value('labels') };
}

/** Says that `subject` changes; in the transaction that changes it. */
export function bumpRevision(db: WritableDatabase, subject: keyof Revisions): void {
  prepared(db, 'UPDATE revisions SET value = value + 1 WHERE subject = ?').run(subject);
}
