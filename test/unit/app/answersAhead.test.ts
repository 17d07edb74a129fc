import { describe, expect, it } from 'vitest';
import { answersAhead } from '../../../main/app/askedRounds.ts';

describe('answersAhead', () => {
  it('is a few answers before the end where a choice is quick, or the pace not known', () => {
    expect(answersAhead(3000, [])).toBe(12);
    expect(answersAhead(3000, [50])).toBe(12);
    expect(answersAhead(100, [0, 1000, 2000])).toBe(12);
  });

  it('is as much earlier as a slow choice needs at the pace of the answers, with half of that to spare', () => {
    expect(answersAhead(3000, [0, 100, 200])).toBe(45);
    expect(answersAhead(3000, [0, 100, 400])).toBe(23);
  });
});
