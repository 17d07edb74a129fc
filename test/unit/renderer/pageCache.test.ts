import { describe, expect, it } from 'vitest';
import { PageCache, pageRows, pagesAt } from '../../../renderer/state/pageCache.ts';

const page = (number: number): number[] => Array.from({ length: pageRows }, (_, i) => number * pageRows + i);

describe('pages of a list', () => {
  it('give their rows, and null for what has not come', () => {
    const cache = new PageCache<number>();
    cache.keep(1, page(1));
    expect(cache.row(pageRows + 3)).toBe(pageRows + 3);
    expect(cache.row(pageRows - 1)).toBeNull();
    expect(cache.rows(pageRows, pageRows + 3)).toEqual(page(1).slice(0, 3));
    expect(cache.rows(pageRows - 1, pageRows + 3)).toBeNull();
  });

  it('are read once, two at a time, and again when they are outdated', () => {
    const cache = new PageCache<number>();
    expect(cache.isDue(0)).toBe(true);
    cache.begin(0);
    expect([cache.isDue(0), cache.isBusy]).toEqual([false, false]);
    cache.begin(1);
    expect(cache.isBusy).toBe(true);
    cache.keep(0, page(0));
    cache.end(0);
    expect([cache.isDue(0), cache.isBusy]).toEqual([false, false]);
    cache.outdateAll();
    expect(cache.isDue(0)).toBe(true);
    expect(cache.row(0)).toBe(0);
  });

  it('make room, those that came longest ago first', () => {
    const cache = new PageCache<number>();
    for (let number = 0; number < 60; number += 1) cache.keep(number, page(number));
    cache.keep(0, page(0));
    cache.keep(60, page(60));
    expect(cache.row(0)).toBe(0);
    expect(cache.row(pageRows)).toBeNull();
  });

  it('are those that are looked at and the one behind, as far as the list goes', () => {
    expect(pagesAt(0, pageRows, 3 * pageRows)).toEqual([0, 1]);
    expect(pagesAt(pageRows - 1, pageRows + 1, 2 * pageRows)).toEqual([0, 1]);
  });
});
