import type { EmbeddingsRow, ImageId, RunId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

const columns = 'run_id AS runId, step, path, count, dimension, made_at AS madeAt';

/**
 * Records a set after its file is on disk; it takes the place of the run's earlier one.
 * @returns the path of the earlier set's file, when that is another one: nothing refers to it any more
 */
export function setEmbeddings(db: WritableDatabase, set: Omit<EmbeddingsRow, 'madeAt'>): string | null {
  const insert = prepared(
    db,
    `INSERT OR REPLACE INTO embeddings (run_id, step, path, count, dimension, made_at) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const { runId, step, path, count, dimension } = set;
  return inTransaction(db, () => {
    const before = getEmbeddings(db, runId)?.path ?? path;
    insert.run(runId, step, path, count, dimension, Date.now());
    return before === path ? null : before;
  });
}

/** The set of a run, or null. */
export function getEmbeddings(db: ReadableDatabase, runId: RunId): EmbeddingsRow | null {
  const sql = `SELECT ${columns} FROM embeddings WHERE run_id = ?`;
  return prepared<EmbeddingsRow>(db, sql).get(runId) ?? null;
}

/** The set that was made last, or null. */
export function latestEmbeddings(db: ReadableDatabase): EmbeddingsRow | null {
  const sql = `SELECT ${columns} FROM embeddings ORDER BY made_at DESC, run_id DESC LIMIT 1`;
  return prepared<EmbeddingsRow>(db, sql).get() ?? null;
}

/** For each slot the first ready image that is in it; null where there is none. */
export function firstOfSlots(db: ReadableDatabase, slots: readonly number[]): (ImageId | null)[] {
  const sql = "SELECT min(id) AS id FROM images WHERE slot = ? AND state = 'ready'";
  return slots.map((slot) => prepared<{ id: ImageId | null }>(db, sql).get(slot)?.id ?? null);
}

/** Slots of ready images, ascending, each once; held-out ones included. */
export function listReadySlots(db: ReadableDatabase): Int32Array {
  const sql = "SELECT DISTINCT slot FROM images WHERE state = 'ready' ORDER BY slot";
  const rows = prepared<{ slot: number }>(db, sql).all();
  return Int32Array.from(rows, (row) => row.slot);
}
