import { countsOfClasses, foldSplits, stratifiedFolds, type Split } from './folds.ts';
import { measureScores, type Measured, type Scores } from './metrics.ts';

const foldCount = 5;

/** Whether every image can be answered by a classifier that has seen its class. */
export function canCrossValidate(labels: readonly number[]): boolean {
  return labels.length > 0 && Math.min(...countsOfClasses(labels)) >= 2;
}

/**
 * Stratified five-fold cross-validation (fewer folds for fewer labels): every labelled image is answered once, by a
 * classifier that was trained without it.
 * @param answer trains on the rows of `train` and gives the logits of the rows of `test`
 */
export async function crossValidate(
  { labels, classes, seed }: { labels: readonly number[]; classes: readonly string[]; seed: number },
  answer: (split: Split, fold: number, folds: number) => Promise<Scores>,
): Promise<Measured> {
  const k = Math.min(foldCount, labels.length);
  const classCount = classes.length;
  const data = new Float64Array(labels.length * classCount);
  for (const [fold, split] of foldSplits(stratifiedFolds(labels, k, seed), k).entries()) {
    const scores = await answer(split, fold, k);
    split.test.forEach((row, i) => {
      for (let c = 0; c < classCount; c++) data[row * classCount + c] = scores.data[i * classCount + c];
    });
  }
  return measureScores({ data, count: labels.length, classCount }, labels, classes);
}
