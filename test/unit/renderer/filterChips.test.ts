import { expect, it } from 'vitest';
import { filterChips } from '../../../renderer/views/images/filterChips.ts';
import { folderCrumbs } from '../../../renderer/views/shared/folderCrumbs.ts';
import type { RootView } from '../../../shared/contract/imageCommands.ts';
import type { ClassId, RootId } from '../../../shared/records.ts';

it('a filter is told in chips, each of which can be taken away', () => {
  const roots = [{ id: 1 as RootId, folder: '/home/ada/birds' }] as unknown as RootView[];
  expect(filterChips({ show: 'all' }, [], roots)).toEqual([]);
  const filter = { show: 'labelled', classId: 2 as ClassId, rootId: 1 as RootId, text: 'a' } as const;
  expect(filterChips(filter, [], roots).map(({ label, without }) => [label, without])).toEqual([
    ['Labelled', { show: 'all' }],
    ['Class', { classId: null }],
    ['birds', { rootId: null, folder: null }],
    ['“a”', { text: null }],
  ]);
  expect(filterChips({ show: 'all', folder: 'a/b' }, [], roots)[0]?.label).toBe('a/b');
});

it('the way to a folder begins at the home, with either separator', () => {
  expect(folderCrumbs('/home/ada', '/home/ada')).toEqual([{ name: 'Home', path: '/home/ada' }]);
  expect(folderCrumbs('C:\\Users\\ada', 'C:\\Users\\ada\\a\\b').at(-1)).toEqual({
    name: 'b',
    path: 'C:\\Users\\ada\\a\\b',
  });
});
