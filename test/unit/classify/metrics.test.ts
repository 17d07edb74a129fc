import { describe, expect, it } from 'vitest';
import {
  accuracyOf,
  crossEntropyOf,
  evaluateScores,
  predictClasses,
} from '../../../main/classify/metrics.ts';
import { wilsonProportion } from '../../../shared/wilsonProportion.ts';

/** Scores that answer `answers`, with the other classes in descending order after it. */
function scoresFor(answers: readonly number[], classCount: number) {
  const data = answers.flatMap((answer) =>
    Array.from({ length: classCount }, (_, c) => (c === answer ? 10 : -c)),
  );
  return { data, count: answers.length, classCount };
}

describe('wilsonProportion', () => {
  // Published values of Wilson's score interval at 95 %: Newcombe 1998 (Statistics in Medicine 17, table I).
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [29, 29, 0.883, 1],
  ])('%i of %i', (successes, n, low, high) => {
    const found = wilsonProportion(successes, n);
    expect(found.value).toBeCloseTo(successes / n, 12);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
    expect(found.n).toBe(n);
  });

  it('refuses what is no share', () => {
    expect(() => wilsonProportion(0, 0)).toThrow(RangeError);
    expect(() => wilsonProportion(3, 2)).toThrow(RangeError);
  });
});

describe('evaluateScores', () => {
  const labels = [0, 0, 0, 1, 1, 2];
  const answers = [0, 0, 1, 1, 0, 1];
  const evaluation = evaluateScores(scoresFor(answers, 3), labels, ['ash', 'beech', 'cedar']);

  it('counts the confusion, true classes in rows', () => {
    expect(evaluation.confusion).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [0, 1, 0],
    ]);
  });

  it('gives recall, precision and n of each class', () => {
    const [ash, beech, cedar] = evaluation.perClass;
    expect(ash).toMatchObject({ name: 'ash', n: 3, recall: { value: 2 / 3, n: 3 } });
    expect(ash.precision).toMatchObject({ value: 2 / 3, n: 3 });
    expect(beech.recall).toMatchObject({ value: 1 / 2, n: 2 });
    expect(beech.precision).toMatchObject({ value: 1 / 3, n: 3 });
    expect(cedar.recall).toMatchObject({ value: 0, n: 1 });
    expect(cedar.precision).toBeNull();
  });

  it('gives top-1 with its n and no top-5 of three classes', () => {
    expect(evaluation.top1).toMatchObject({ value: 0.5, n: 6 });
    expect(evaluation.top5).toBeNull();
  });

  it('gives top-5 from six classes on', () => {
    const classes = ['a', 'b', 'c', 'd', 'e', 'f'];
    // The answer first, then the classes in order: of a wrong answer to class 5 all others come before it.
    const six = evaluateScores(scoresFor([0, 0, 5], 6), [0, 4, 5], classes);
    expect(six.top1.value).toBeCloseTo(2 / 3, 12);
    expect(six.top5?.value).toBe(1);
    expect(evaluateScores(scoresFor([0], 6), [5], classes).top5?.value).toBe(0);
  });
});

describe('scores', () => {
  it('prefers the first of equal ones', () => {
    expect([...predictClasses({ data: [1, 1, 0, 0, 2, 2], count: 2, classCount: 3 })]).toEqual([0, 1]);
  });

  it('have the cross-entropy and accuracy computed by hand', () => {
    const scores = { data: [0, Math.log(3), 2000, 0], count: 2, classCount: 2 };
    expect(crossEntropyOf(scores, [1, 0])).toBeCloseTo(Math.log(4 / 3) / 2, 12);
    expect(accuracyOf(scores, [0, 0])).toBe(0.5);
  });
});
