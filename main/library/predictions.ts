import type { ClassId, PredictionRow, RunId } from '../../shared/records.ts';
import { inTransaction, prepared, type ReadableDatabase, type WritableDatabase } from './database.ts';

export type NewPrediction = Pick<PredictionRow, 'imageId' | 'labelClassId' | 'answerClassId' | 'confidence'>;

/** Keeps what a run's classifier answered, in the place of what it answered before. */
export function setPredictions(
  db: WritableDatabase,
  runId: RunId,
  on: PredictionRow['on'],
  predictions: readonly NewPrediction[],
): void {
  const insert = prepared(
    db,
    `INSERT OR REPLACE INTO predictions
       (run_id, image_id, measured_on, label_class_id, answer_class_id, confidence)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  inTransaction(db, () => {
    prepared(db, 'DELETE FROM predictions WHERE run_id = ?').run(runId);
    for (const { imageId, labelClassId, answerClassId, confidence } of predictions) {
      insert.run(runId, imageId, on, labelClassId, answerClassId, confidence);
    }
  });
}

const select = `
  SELECT predictions.run_id AS runId, predictions.image_id AS imageId, images.display_name AS displayName,
         measured_on AS "on", label_class_id AS labelClassId, answer_class_id AS answerClassId, confidence,
         labels.class_id AS labelNow
  FROM predictions JOIN images ON images.id = predictions.image_id
    LEFT JOIN labels ON labels.image_id = predictions.image_id`;

/** The images behind one cell of a run's confusion matrix, the most confident answer first. */
export function listConfusionCell(
  db: ReadableDatabase,
  runId: RunId,
  labelClassId: ClassId,
  answerClassId: ClassId,
): readonly PredictionRow[] {
  const sql = `${select}
    WHERE predictions.run_id = ? AND label_class_id = ? AND answer_class_id = ?
    ORDER BY confidence DESC, predictions.image_id`;
  return prepared<PredictionRow>(db, sql).all(runId, labelClassId, answerClassId);
}

/**
 * Wrong answers, the most confident first: labels to look at again. Images whose label has changed since, or was
 * confirmed, are left out, for somebody has looked already.
 */
export function listMistakes(db: ReadableDatabase, runId: RunId, count = 200): readonly PredictionRow[] {
  const sql = `${select}
    WHERE predictions.run_id = ? AND label_class_id <> answer_class_id AND labels.class_id = label_class_id
      AND NOT EXISTS (SELECT 1 FROM confirmed_labels AS confirmed
                      WHERE confirmed.image_id = predictions.image_id AND confirmed.class_id = label_class_id)
    ORDER BY confidence DESC, predictions.image_id LIMIT ?`;
  return prepared<PredictionRow>(db, sql).all(runId, count);
}

/** All answers of a run, in the order of the images. */
export function listPredictions(db: ReadableDatabase, runId: RunId): readonly PredictionRow[] {
  const sql = `${select} WHERE predictions.run_id = ? ORDER BY predictions.image_id`;
  return prepared<PredictionRow>(db, sql).all(runId);
}
