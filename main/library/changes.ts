import { prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

/** What a step of the history may have rows in; rows of one step have the same `change_id` in all of them. */
const historyTables = ['label_history', 'mark_history', 'class_history'] as const;
export type HistoryTable = (typeof historyTables)[number];

/**
 * Begins a new step: what was undone can no longer be done again. Within the transaction that writes it.
 * @returns the number for its rows in the history
 */
export function beginChange(db: WritableDatabase): number {
  for (const table of historyTables) prepared(db, `DELETE FROM ${table} WHERE undone = 1`).run();
  return (lastChange(db) ?? 0) + 1;
}

/** The last step that holds; null when there is none. */
export function lastChange(db: ReadableDatabase): number | null {
  const ids = ends(db, 'max', 0);
  return ids.length === 0 ? null : Math.max(...ids);
}

/** The first step that is undone; null when there is none. */
export function firstUndone(db: ReadableDatabase): number | null {
  const ids = ends(db, 'min', 1);
  return ids.length === 0 ? null : Math.min(...ids);
}

function ends(db: ReadableDatabase, end: 'min' | 'max', undone: 0 | 1): readonly number[] {
  return historyTables.flatMap((table) => {
    const sql = `SELECT ${end}(change_id) AS id FROM ${table} WHERE undone = ?`;
    const id = prepared<{ id: number | null }>(db, sql).get(undone)?.id ?? null;
    return id === null ? [] : [id];
  });
}

/** The rows of a step in a table in their order, and marks them as undone, or as done again. */
export function takeRows<Row>(
  db: WritableDatabase,
  table: HistoryTable,
  changeId: number,
  undo: boolean,
): readonly Row[] {
  const [from, to] = undo ? [0, 1] : [1, 0];
  const sql = `SELECT * FROM ${table} WHERE undone = ? AND change_id = ? ORDER BY id`;
  const rows = prepared<Row>(db, sql).all(from, changeId);
  if (rows.length > 0) {
    prepared(db, `UPDATE ${table} SET undone = ? WHERE undone = ? AND change_id = ?`).run(to, from, changeId);
  }
  // An action may name an image twice: backwards its first row has the last word.
  return undo ? rows.reverse() : rows;
}
