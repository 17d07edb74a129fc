import { describe, expect, it } from 'vitest';
import { requirement, verdict } from '../helpers/requirement.ts';

describe('requirement', () => {
  const absent = requirement('a thing', false, 'get it');
  const absentData = requirement('some data', false, 'get it', { optionalData: true });

  it('runs the tests where it is present', () => {
    expect(verdict(requirement('a thing', true, 'get it'), true)).toBe('run');
  });

  it('skips at home and fails in CI where it is absent', () => {
    expect([verdict(absent, false), verdict(absent, true)]).toEqual(['skip', 'fail']);
  });

  it('only ever skips for optional data', () => {
    expect([verdict(absentData, false), verdict(absentData, true)]).toEqual(['skip', 'skip']);
  });
});
