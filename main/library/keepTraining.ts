import type { ClassifierRow, EvaluationRow, Json, PredictionRow, RunRow } from '../../shared/records.ts';
import { setClassifier } from './classifiers.ts';
import { inTransaction, type WritableDatabase } from './database.ts';
import { addEvaluation } from './evaluations.ts';
import { setPredictions, type NewPrediction } from './predictions.ts';
import { endRun, updateRun } from './runs.ts';

/** What the training of a classifier left, its file being on disk. */
export interface FinishedTraining {
  readonly classifier: Omit<ClassifierRow, 'trainedAt'>;
  /** null: nothing could be measured. */
  readonly evaluation: Pick<EvaluationRow, 'on' | 'metrics'> | null;
  /** What it answered to the images of that measurement; null as well. */
  readonly answers: {
    readonly on: PredictionRow['on'];
    readonly predictions: readonly NewPrediction[];
  } | null;
  readonly settings: Json;
  readonly steps: number;
}

/** Ends a classifier's run as done, with its classifier, its first measurement and its answers; all or nothing. */
export function keepTraining(
  db: WritableDatabase,
  { classifier, evaluation, answers, settings, steps }: FinishedTraining,
): RunRow {
  const { runId } = classifier;
  return inTransaction(db, () => {
    setClassifier(db, classifier);
    if (evaluation !== null) addEvaluation(db, { runId, ...evaluation });
    if (answers !== null) setPredictions(db, runId, answers.on, answers.predictions);
    updateRun(db, runId, { settings, doneSteps: steps, totalSteps: steps });
    return endRun(db, runId, 'done');
  });
}
