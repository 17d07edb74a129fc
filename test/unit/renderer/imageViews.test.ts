import { describe, expect, it } from 'vitest';
import { changedFilter, queryFromRoute, queryToRoute } from '../../../renderer/views/images/imageFilters.ts';
import { fitted, inWindow, zoomed } from '../../../renderer/views/images/zoomedView.ts';
import type { ImageQuery } from '../../../shared/imageWindow.ts';
import type { ClassId, RootId } from '../../../shared/records.ts';

describe('filters in the address', () => {
  const address = (query: ImageQuery): URLSearchParams =>
    new URLSearchParams(
      Object.entries(queryToRoute(query)).flatMap(([name, value]): [string, string][] =>
        value === null || value === undefined ? [] : [[name, String(value)]],
      ),
    );

  it('come back as they were', () => {
    const filter = {
      show: 'unlabeled',
      classId: 3 as ClassId,
      rootId: 1 as RootId,
      folder: 'a/b',
      text: 'x&y',
    } as const;
    const query = { filter, sort: 'name' } as const;
    expect(queryFromRoute(address(query))).toEqual(query);
    const plain = { filter: { show: 'all' }, sort: 'imported' } as const;
    expect(address(plain).toString()).toBe('');
    expect(queryFromRoute(new URLSearchParams())).toEqual(plain);
  });

  it('are left out where they name nothing', () => {
    const query = queryFromRoute(new URLSearchParams('show=nonsense&class=-1&root=x&sort=7'));
    expect(query).toEqual({ filter: { show: 'all' }, sort: 'imported' });
  });

  it('are changed one by one', () => {
    expect(changedFilter({ show: 'all', folder: 'a' }, { folder: null, text: 'b' })).toEqual({
      show: 'all',
      text: 'b',
    });
  });
});

describe('a picture that is looked at closely', () => {
  const window = { width: 800, height: 600 };
  const picture = { width: 4000, height: 1500 };

  it('fits in whole, and small ones are enlarged within reason', () => {
    expect(fitted(picture, window)).toEqual({ scale: 0.2, x: 0, y: 0 });
    expect(fitted({ width: 10, height: 10 }, window).scale).toBe(8);
  });

  it('keeps the point that is pointed at when it is zoomed', () => {
    const before = zoomed(fitted(picture, window), 5, { x: 0, y: 0 }, picture, window);
    const at = { x: 100, y: 50 };
    const after = zoomed(before, 2, at, picture, window);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale);
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale);
  });

  it('cannot be moved out of the window', () => {
    expect(inWindow({ scale: 1, x: 9999, y: -9999 }, picture, window)).toEqual({
      scale: 1,
      x: 1600,
      y: -450,
    });
    expect(inWindow({ scale: 0.1, x: 50, y: 50 }, picture, window)).toEqual({ scale: 0.1, x: 0, y: 0 });
    expect(zoomed(fitted(picture, window), 0.001, { x: 0, y: 0 }, picture, window).scale).toBe(0.2);
  });
});
