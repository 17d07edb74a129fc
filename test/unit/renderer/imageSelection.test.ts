import { expect, it } from 'vitest';
import {
  chosenOf,
  inverted,
  isSelected,
  noSelection,
  selectAll,
  selectedCount,
  withImages,
} from '../../../renderer/state/imageSelection.ts';
import type { ImageId } from '../../../shared/records.ts';

const ids = (...values: number[]): ImageId[] => values as ImageId[];
const query = { filter: { show: 'all' }, sort: 'imported' } as const;

it('selects images one by one', () => {
  const two = withImages(noSelection, ids(3, 5), true);
  expect(selectedCount(two)).toBe(2);
  expect(isSelected(two, ids(5)[0], 99)).toBe(true);
  expect(chosenOf(withImages(two, ids(3), false), query, 'x')).toEqual({ ids: [5] });
  expect(selectedCount(noSelection)).toBe(0);
});

it('selects a million but a few without naming them', () => {
  const most = withImages(selectAll(1_000_000), ids(7, 8), false);
  expect(selectedCount(most)).toBe(999_998);
  expect(isSelected(most, ids(7)[0], 6)).toBe(false);
  expect(isSelected(most, ids(9)[0], 8)).toBe(true);
  expect(chosenOf(most, query, 'order')).toEqual({ query, except: [7, 8], order: 'order' });
  expect(selectedCount(withImages(most, ids(7), true))).toBe(999_999);
});

it('leaves out what came after all were selected', () => {
  expect(isSelected(selectAll(10), ids(11)[0], 10)).toBe(false);
});

it('turns a selection around, and back', () => {
  const two = withImages(noSelection, ids(3, 5), true);
  const others = inverted(two, 10);
  expect(selectedCount(others)).toBe(8);
  expect(isSelected(others, ids(3)[0], 2)).toBe(false);
  expect(inverted(others, 10)).toEqual(two);
});
