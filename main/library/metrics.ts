import type { MetricRow, RunId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

const columns = 'run_id AS runId, step, name, value';

/**
 * Writes values of a run in one transaction; one that is there for the same step and name is replaced, because a
 * resumed run repeats steps. A value that is no number is left out: SQLite has none.
 */
export function addMetrics(db: WritableDatabase, rows: readonly MetricRow[]): void {
  const insert = prepared(
    db,
    'INSERT OR REPLACE INTO metrics (run_id, name, step, value) VALUES (?, ?, ?, ?)',
  );
  inTransaction(db, () => {
    for (const row of rows) {
      if (!Number.isNaN(row.value)) insert.run(row.runId, row.name, row.step, row.value);
    }
  });
}

/** One curve of a run, by step. */
export function listMetrics(db: ReadableDatabase, runId: RunId, name: string): readonly MetricRow[] {
  const sql = `SELECT ${columns} FROM metrics WHERE run_id = ? AND name = ? ORDER BY step`;
  return prepared<MetricRow>(db, sql).all(runId, name);
}

/** The last value of each name of a run. */
export function latestMetrics(db: ReadableDatabase, runId: RunId): readonly MetricRow[] {
  // SQLite takes the other columns from the row that has the maximum.
  const sql = `SELECT run_id AS runId, max(step) AS step, name, value FROM metrics WHERE run_id = ? GROUP BY name`;
  return prepared<MetricRow>(db, sql).all(runId);
}

/** Drops what a run reported after `step`: it is resumed from there. */
export function dropMetricsAfter(db: WritableDatabase, runId: RunId, step: number): void {
  inTransaction(db, () => prepared(db, 'DELETE FROM metrics WHERE run_id = ? AND step > ?').run(runId, step));
}
