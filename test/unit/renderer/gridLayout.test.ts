import { describe, expect, it } from 'vitest';
import {
  clampTop,
  drawnRange,
  highest,
  isMapped,
  layOut,
  scrollOf,
  topOf,
  topThatShows,
} from '../../../renderer/parts/gridLayout.ts';

const view = 600;

describe('a grid that fits what browsers can scroll', () => {
  const layout = layOut(1000, 1000, 100, 6);
  it('fills the width with whole columns', () => {
    expect(layout.columns).toBe(9);
    expect(layout.cell * 9 + 6 * 8).toBeCloseTo(1000);
    expect(layout.rows).toBe(112);
    expect(isMapped(layout)).toBe(false);
    expect(topOf(layout, 321, view)).toBe(321);
    expect(scrollOf(layout, 321, view)).toBe(321);
  });

  it('draws what is seen and a few rows more', () => {
    const { first, end } = drawnRange(layout, 1000, 5 * layout.pitch, view, 1);
    expect(first).toBe(4 * 9);
    expect(end).toBe((Math.ceil(5 + view / layout.pitch) + 1) * 9);
    expect(drawnRange(layout, 1000, layout.fullHeight - view, view, 5).end).toBe(1000);
  });

  it('moves as little as can be to show a position', () => {
    expect(topThatShows(layout, 0, 50, view)).toBe(0);
    expect(topThatShows(layout, 9, 50, view)).toBe(50);
    expect(topThatShows(layout, 90, 50, view)).toBeCloseTo(10 * layout.pitch + layout.cell - view);
  });

  it('has one column in a window that is narrower than a cell', () => {
    expect(layOut(10, 40, 100, 6)).toMatchObject({ columns: 1, cell: 40, rows: 10 });
    expect(layOut(0, 0, 100, 6).height).toBe(0);
  });
});

describe('a grid of a million images', () => {
  const layout = layOut(1_000_000, 1000, 130, 6);
  it('is capped and reaches its first and last row', () => {
    expect(layout.height).toBe(highest);
    expect(layout.fullHeight).toBeGreaterThan(2 * highest);
    expect(topOf(layout, 0, view)).toBe(0);
    expect(topOf(layout, layout.height - view, view)).toBeCloseTo(layout.fullHeight - view);
    expect(drawnRange(layout, 1_000_000, layout.fullHeight - view, view, 2).end).toBe(1_000_000);
  });

  it('maps back and forth', () => {
    for (const top of [0, 1, 12_345_678, layout.fullHeight - view]) {
      expect(topOf(layout, scrollOf(layout, top, view), view)).toBeCloseTo(top, 4);
    }
    expect(clampTop(layout, 1e12, view)).toBe(layout.fullHeight - view);
    expect(clampTop(layout, -5, view)).toBe(0);
  });
});
