import { genoiseError } from '../../shared/errors.ts';
import type { ClassId, ClassifierRow, RunId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';
import { requireRun } from './runs.ts';

interface ClassifierRecord {
  readonly run_id: RunId;
  readonly path: string;
  readonly class_ids: string;
  readonly image_size: number;
  readonly trained_at: number;
}

function rowToClassifier(row: ClassifierRecord): ClassifierRow {
  return {
    runId: row.run_id,
    path: row.path,
    classIds: JSON.parse(row.class_ids) as readonly ClassId[],
    imageSize: row.image_size,
    trainedAt: row.trained_at,
  };
}

/** Records the classifier that a run made, after its file is on disk; a run has one. */
export function setClassifier(db: WritableDatabase, classifier: Omit<ClassifierRow, 'trainedAt'>): void {
  const insert = prepared(
    db,
    `INSERT OR REPLACE INTO classifiers (run_id, path, class_ids, image_size, trained_at) VALUES (?, ?, ?, ?, ?)`,
  );
  const { runId, path, classIds, imageSize } = classifier;
  inTransaction(db, () => insert.run(runId, path, JSON.stringify(classIds), imageSize, Date.now()));
}

/** The classifier of a run, or null. */
export function getClassifier(db: ReadableDatabase, runId: RunId): ClassifierRow | null {
  const row = prepared<ClassifierRecord>(db, 'SELECT * FROM classifiers WHERE run_id = ?').get(runId);
  return row === undefined ? null : rowToClassifier(row);
}

/** The classifier of the run that was started last, or null. Probes of random encoders are there to compare with. */
export function latestClassifier(db: ReadableDatabase): ClassifierRow | null {
  const sql = `
    SELECT classifiers.* FROM classifiers JOIN runs ON runs.id = classifiers.run_id
    WHERE runs.kind <> 'random-encoder' ORDER BY run_id DESC LIMIT 1`;
  const row = prepared<ClassifierRecord>(db, sql).get();
  return row === undefined ? null : rowToClassifier(row);
}

/** The classifier of the run that a person named by its number; null: the newest. @throws run-not-found, no-classifier */
export function requireClassifier(db: ReadableDatabase, run: string | null): ClassifierRow {
  const classifier = run === null ? latestClassifier(db) : getClassifier(db, requireRun(db, run).id);
  if (classifier === null) throw genoiseError('no-classifier', {});
  return classifier;
}
