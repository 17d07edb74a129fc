import { describe, expect, it } from 'vitest';
import { assessHealth, type Vitals } from '../../main/training/health.ts';

const healthy: Vitals = {
  step: 500,
  graceSteps: 100,
  patienceSteps: 300,
  loss: 4,
  chanceLoss: 5.5,
  spread: 0.08,
  spreadTarget: 1 / Math.sqrt(128),
  positiveCosine: 0.8,
  negativeCosine: 0.05,
  hardestNegativeCosine: 0.4,
  hardNegativeShare: 0.023,
  uniformity: -3.5,
  rank: 60,
  rankLimit: 128,
};
const state = (changes: Partial<Vitals>): string => assessHealth({ ...healthy, ...changes }).state;

describe('assessHealth', () => {
  it('tells the states apart', () => {
    expect(state({})).toBe('learning');
    expect(state({ spread: 0.001 })).toBe('collapsed');
    expect(state({ positiveCosine: 0.999, negativeCosine: 0.995 })).toBe('collapsed');
    expect(state({ positiveCosine: 0.999, negativeCosine: 0.6 })).toBe('learning');
    expect(state({ loss: 0.1, positiveCosine: 0.98, negativeCosine: 0.96 })).toBe('collapsed');
    expect(state({ loss: 0.1, negativeCosine: 0.6 })).toBe('learning');
    expect(state({ rank: 1.1 })).toBe('collapsed');
    expect(state({ rank: 1.1, rankLimit: 2 })).toBe('learning');
    expect(state({ loss: 5.49 })).toBe('at-chance');
    expect(state({ loss: 5.49, chanceLoss: null })).toBe('learning');
  });

  it('waits before it judges', () => {
    expect(state({ step: 99, spread: 0 })).toBe('starting');
    expect(state({ step: 299, loss: 5.5 })).toBe('learning');
  });

  it('says how hard the other images are', () => {
    expect(assessHealth(healthy).sentence).toContain('2.3 % are still more alike than two views of one');
  });

  it('says what happened and what to do', () => {
    const { sentence } = assessHealth({ ...healthy, spread: 0.0012 });
    expect(sentence).toContain('collapsed');
    expect(sentence).toContain('0.00120');
    expect(sentence).toContain('lower learning rate');
    expect(assessHealth({ ...healthy, rank: 1.02 }).sentence).toContain('RankMe 1.02 of at most 128');
  });
});
