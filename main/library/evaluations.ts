import type { EvaluationId, EvaluationRow, Json, RunId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

interface EvaluationRecord {
  readonly id: EvaluationId;
  readonly run_id: RunId;
  readonly measured_on: string;
  readonly metrics: string;
  readonly measured_at: number;
}

function rowToEvaluation(row: EvaluationRecord): EvaluationRow {
  return {
    id: row.id,
    runId: row.run_id,
    on: row.measured_on,
    metrics: JSON.parse(row.metrics) as Json,
    measuredAt: row.measured_at,
  };
}

/** Records a measurement of a run's classifier. */
export function addEvaluation(
  db: WritableDatabase,
  evaluation: Pick<EvaluationRow, 'runId' | 'on' | 'metrics'>,
): void {
  const sql = 'INSERT INTO evaluations (run_id, measured_on, metrics, measured_at) VALUES (?, ?, ?, ?)';
  const { runId, on, metrics } = evaluation;
  inTransaction(db, () => prepared(db, sql).run(runId, on, JSON.stringify(metrics), Date.now()));
}

/** The measurements of a run, in the order in which they were made. */
export function listEvaluations(db: ReadableDatabase, runId: RunId): readonly EvaluationRow[] {
  const sql = 'SELECT * FROM evaluations WHERE run_id = ? ORDER BY id';
  return prepared<EvaluationRecord>(db, sql).all(runId).map(rowToEvaluation);
}
