import type { ReadableDatabase } from '../../main/library/database.ts';

/** What SQLite would do for `sql`, a line a step; each `?` is bound to NULL. */
export function queryPlan(db: ReadableDatabase, sql: string): readonly string[] {
  const values = sql
    .replace(/[^?]/g, '')
    .split('')
    .map(() => null);
  const rows = db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
  return rows.map((row) => row.detail);
}
