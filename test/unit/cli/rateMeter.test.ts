import { describe, expect, it } from 'vitest';
import { rateMeter } from '../../../main/cli/rateMeter.ts';

/** A meter that is asked once a second. */
function meterBySecond(): (done: number, total: number) => { perSecond: number; secondsLeft: number } {
  let seconds = -1;
  return rateMeter(() => ++seconds * 1000);
}

describe('rateMeter', () => {
  it('promises nothing before anything is done', () => {
    const meter = meterBySecond();
    expect(meter(0, 100)).toEqual({ perSecond: 0, secondsLeft: Infinity });
    expect(meter(0, 100)).toEqual({ perSecond: 0, secondsLeft: Infinity });
  });

  it('tells the rate and the time that is left', () => {
    const meter = meterBySecond();
    meter(0, 100);
    expect(meter(20, 100)).toEqual({ perSecond: 20, secondsLeft: 4 });
  });

  it('forgets how slow it was at first', () => {
    const meter = meterBySecond();
    for (let i = 0; i <= 5; i++) meter(i, 10_000);
    let last = { perSecond: 0, secondsLeft: 0 };
    for (let i = 1; i <= 20; i++) last = meter(5 + i * 100, 10_000);
    expect(last.perSecond).toBe(100);
  });
});
