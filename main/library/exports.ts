import type { ExportFacts, ExportRow } from '../../shared/exports.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

type ExportRecord = Omit<ExportRow, 'facts'> & { readonly facts: string };

/** Records something that is on disk; what was recorded at the same path before is no longer there. */
export function addExport(db: WritableDatabase, row: Omit<ExportRow, 'id' | 'madeAt'>): void {
  const { runId, path, facts } = row;
  inTransaction(db, () => {
    prepared(db, 'DELETE FROM exports WHERE path = ?').run(path);
    const sql = 'INSERT INTO exports (run_id, path, facts, made_at) VALUES (?, ?, ?, ?)';
    prepared(db, sql).run(runId, path, JSON.stringify(facts), Date.now());
  });
}

/** Everything that was exported, newest first. */
export function listExports(db: ReadableDatabase): readonly ExportRow[] {
  const sql = 'SELECT id, run_id AS runId, path, facts, made_at AS madeAt FROM exports ORDER BY id DESC';
  return prepared<ExportRecord>(db, sql)
    .all()
    .map((row) => ({ ...row, facts: JSON.parse(row.facts) as ExportFacts }));
}

/** Takes one off the list; its files stay. */
export function forgetExport(db: WritableDatabase, id: number): void {
  inTransaction(db, () => prepared(db, 'DELETE FROM exports WHERE id = ?').run(id));
}
