import { wilsonProportion } from '../../shared/wilsonProportion.ts';
import type { Answers, ClassEvaluation, Evaluation } from '../../shared/evaluation.ts';

/** Scores (logits, or anything that orders classes), float [n, classCount] row-major. */
export interface Scores {
  readonly data: ArrayLike<number>;
  readonly count: number;
  readonly classCount: number;
}

/**
 * All metrics of some answers.
 * @param labels true class of each row, 0 … classCount − 1
 * Errors: no rows.
 */
export function evaluateScores(
  scores: Scores,
  labels: ArrayLike<number>,
  classes: readonly string[],
): Evaluation {
  const confusion = confusionMatrix(predictClasses(scores), labels, classes.length);
  const correct = confusion.reduce((sum, row, i) => sum + row[i], 0);
  return {
    n: scores.count,
    classes,
    top1: wilsonProportion(correct, scores.count),
    top5: classes.length > 5 ? wilsonProportion(countWithin(scores, labels, 5), scores.count) : null,
    perClass: classes.map((name, index) => classEvaluation(confusion, name, index)),
    confusion,
  };
}

/** Metrics of some answers, and the answers themselves. */
export interface Measured {
  readonly evaluation: Evaluation;
  readonly answers: Answers;
}

/** As `evaluateScores`, for scores that are logits. */
export function measureScores(
  scores: Scores,
  labels: ArrayLike<number>,
  classes: readonly string[],
): Measured {
  return { evaluation: evaluateScores(scores, labels, classes), answers: answersOf(scores) };
}

/** The class with the highest score in each row; of equal ones the first. */
export function predictClasses(scores: Scores): Int32Array {
  return Int32Array.from({ length: scores.count }, (_, i) => {
    let best = 0;
    for (let c = 1; c < scores.classCount; c++) if (at(scores, i, c) > at(scores, i, best)) best = c;
    return best;
  });
}

/** Softmax of each row: float64 [n, classCount]. */
export function probabilitiesOf(scores: Scores): Float64Array {
  const { count, classCount } = scores;
  const probabilities = new Float64Array(count * classCount);
  for (let i = 0; i < count; i++) {
    let highest = -Infinity;
    for (let c = 0; c < classCount; c++) highest = Math.max(highest, at(scores, i, c));
    let sum = 0;
    for (let c = 0; c < classCount; c++) {
      sum += probabilities[i * classCount + c] = Math.exp(at(scores, i, c) - highest);
    }
    for (let c = 0; c < classCount; c++) probabilities[i * classCount + c] /= sum;
  }
  return probabilities;
}

/** The answer to each row, and its probability. */
export function answersOf(scores: Scores): Answers {
  const predicted = predictClasses(scores);
  const probabilities = probabilitiesOf(scores);
  const confidence = Float64Array.from(predicted, (c, i) => probabilities[i * scores.classCount + c]);
  return { predicted, confidence };
}

/** Share of the rows whose best score is their label's. NaN without rows. */
export function accuracyOf(scores: Scores, labels: ArrayLike<number>): number {
  const predicted = predictClasses(scores);
  return predicted.reduce((sum, answer, i) => sum + (answer === labels[i] ? 1 : 0), 0) / scores.count;
}

/** Mean of −log softmax(scores)[label]. NaN without rows. */
export function crossEntropyOf(scores: Scores, labels: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < scores.count; i++) {
    let highest = -Infinity;
    for (let c = 0; c < scores.classCount; c++) highest = Math.max(highest, at(scores, i, c));
    let sum = 0;
    for (let c = 0; c < scores.classCount; c++) sum += Math.exp(at(scores, i, c) - highest);
    total += Math.log(sum) + highest - at(scores, i, labels[i]);
  }
  return total / scores.count;
}

function at({ data, classCount }: Scores, i: number, c: number): number {
  return data[i * classCount + c];
}

/** Rows whose label is among the `k` highest scores; an equal score of an earlier class ranks before it. */
function countWithin(scores: Scores, labels: ArrayLike<number>, k: number): number {
  let within = 0;
  for (let i = 0; i < scores.count; i++) {
    const own = at(scores, i, labels[i]);
    let before = 0;
    for (let c = 0; c < scores.classCount; c++) {
      const other = at(scores, i, c);
      if (other > own || (other === own && c < labels[i])) before++;
    }
    if (before < k) within++;
  }
  return within;
}

function confusionMatrix(
  predicted: ArrayLike<number>,
  labels: ArrayLike<number>,
  classCount: number,
): number[][] {
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let i = 0; i < predicted.length; i++) matrix[labels[i]][predicted[i]]++;
  return matrix;
}

function classEvaluation(confusion: readonly number[][], name: string, index: number): ClassEvaluation {
  const n = confusion[index].reduce((sum, count) => sum + count, 0);
  const answered = confusion.reduce((sum, row) => sum + row[index], 0);
  const hits = confusion[index][index];
  return {
    name,
    n,
    recall: n > 0 ? wilsonProportion(hits, n) : null,
    precision: answered > 0 ? wilsonProportion(hits, answered) : null,
  };
}
