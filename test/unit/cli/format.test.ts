import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatTable,
  plural,
} from '../../../main/cli/format.ts';

describe('formats', () => {
  it('durations', () => {
    expect([0, 59.6, 754, 4000].map(formatDuration)).toEqual(['0:00', '1:00', '12:34', '1:06:40']);
    expect(formatDuration(Infinity)).toBe('–');
    expect(formatDuration(-3)).toBe('0:00');
  });

  it('bytes, with the unit that keeps the number short', () => {
    const bytes = [0, 999, 1000, 1_234_567, 5e9, 7e15];
    expect(bytes.map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '5.0 GB', '7000.0 TB']);
  });

  it('shares, counts and their nouns', () => {
    expect(formatPercent(0.4959)).toBe('49.6 %');
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(plural(1, 'image')).toBe('1 image');
    expect(plural(2000, 'image')).toBe('2,000 images');
    expect(plural(2, 'class', 'classes')).toBe('2 classes');
  });

  it('tables: columns as wide as they must be, numbers to the right', () => {
    const table = formatTable(
      ['class', 'n'],
      [
        ['oak', '7'],
        ['elm tree', '1,200'],
      ],
    );
    expect(table).toBe(['class         n', 'oak           7', 'elm tree  1,200'].join('\n'));
    expect(formatTable(['class', 'n'], [])).toBe('class  n');
  });
});
