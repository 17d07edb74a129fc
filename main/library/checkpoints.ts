import type { CheckpointId, CheckpointRow, RunId, RunRow } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { listRuns } from './runs.ts';

const columns = 'id, run_id AS runId, path, step, sha256, saved_at AS savedAt';

/** What a checkpoint is recorded with, after its file is on disk. */
export type NewCheckpoint = Omit<CheckpointRow, 'id' | 'savedAt'>;

/** Records a checkpoint; a file that took the place of an earlier one takes its row too. */
export function addCheckpoint(db: WritableDatabase, checkpoint: NewCheckpoint): void {
  const insert = prepared(
    db,
    `INSERT INTO checkpoints (run_id, path, step, sha256, saved_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (path) DO UPDATE SET
       run_id = excluded.run_id, step = excluded.step, sha256 = excluded.sha256, saved_at = excluded.saved_at`,
  );
  const { runId, path, step, sha256 } = checkpoint;
  inTransaction(db, () => insert.run(runId, path, step, sha256, Date.now()));
}

/** The checkpoints of a run, by step. */
export function listCheckpoints(db: ReadableDatabase, runId: RunId): readonly CheckpointRow[] {
  const sql = `SELECT ${columns} FROM checkpoints WHERE run_id = ? ORDER BY step`;
  return prepared<CheckpointRow>(db, sql).all(runId);
}

/** The checkpoint of a run with the most steps, or null. */
export function latestCheckpoint(db: ReadableDatabase, runId: RunId): CheckpointRow | null {
  const sql = `SELECT ${columns} FROM checkpoints WHERE run_id = ? ORDER BY step DESC LIMIT 1`;
  return prepared<CheckpointRow>(db, sql).get(runId) ?? null;
}

/** The newest pretraining that has a checkpoint, or null. */
export function latestPretrained(db: ReadableDatabase): RunRow | null {
  return listRuns(db, 'pretrain').findLast((run) => latestCheckpoint(db, run.id) !== null) ?? null;
}

/** Forgets a checkpoint whose file is gone or was removed. */
export function removeCheckpoint(db: WritableDatabase, id: CheckpointId): void {
  inTransaction(db, () => prepared(db, 'DELETE FROM checkpoints WHERE id = ?').run(id));
}
