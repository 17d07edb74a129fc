import { describe, expect, it } from 'vitest';
import { describeTrain, fastest, trainResult, type Trial } from '../../bench/trainResult.ts';
import { createTrainTurns, type TurnRequest } from '../../bench/trainTurns.ts';

describe('a training in turns', () => {
  it('times the steps that count, and neither the first ones nor the rests', async () => {
    let time = 0;
    const told: (number | null)[] = [];
    const requests: TurnRequest[] = [
      { uncounted: 2, steps: 3 },
      { uncounted: 0, steps: 1 },
    ];
    const rest = (seconds: number | null) => {
      told.push(seconds);
      time += 1_000_000;
      return Promise.resolve(requests.shift() ?? null);
    };
    const turns = createTrainTurns(rest, () => time);
    await turns.begin();
    for (const milliseconds of [9000, 8000, 1000, 2000, 3000, 500, 700]) {
      time += milliseconds;
      await turns.stepDone();
    }
    expect(told).toEqual([null, 6, 0.5]);
    expect(turns.now()).toBe(24_200);
  });
});

describe('the result of a training', () => {
  const trials: readonly Trial[] = [
    { layout: 'contiguous', workers: 0, imagesPerSecond: 100 },
    { layout: 'channels_last', workers: 1, imagesPerSecond: 120 },
    { layout: 'channels_last', workers: 2, imagesPerSecond: 90 },
  ];

  it('holds our median against that of the fastest way of PyTorch', () => {
    const best = fastest(trials);
    expect(best).toBe(trials[1]);
    const result = trainResult('shape', { ours: [150, 300, 180], theirs: [120, 100, 140] }, { best });
    expect(result).toMatchObject({ ratio: 1.5, ours: 180, theirs: 120, runs: 3 });
    expect(result.spread).toEqual({ ours: [150, 300], theirs: [100, 140] });
    expect(describeTrain(result, best)).toBe(
      'train shape: ours 180 images/s (150–300), PyTorch 120 images/s (100–140) (channels_last, 1 worker), 3 turns each, ratio 1.50',
    );
  });
});
