import type { RootView } from '../../../shared/contract/imageCommands.ts';
import type { ImageFilter } from '../../../shared/imageWindow.ts';
import type { ClassRow } from '../../../shared/records.ts';
import { setNames, type FilterChange } from './imageFilters.ts';

/** One of the filters in use, in words. */
export interface FilterChip {
  readonly key: 'show' | 'class' | 'folder' | 'text';
  readonly label: string;
  /** Takes it away. */
  readonly without: FilterChange;
  /** The class whose mark it bears. */
  readonly mark?: ClassRow | undefined;
}

/** What a filter asks for, a chip each; none where it asks for all images. */
export function filterChips(
  filter: ImageFilter,
  classes: readonly ClassRow[],
  roots: readonly RootView[],
): readonly FilterChip[] {
  const { show, classId, rootId, folder, text } = filter;
  const chips: FilterChip[] = [];
  if (show !== 'all') chips.push({ key: 'show', label: setNames[show], without: { show: 'all' } });
  if (classId !== undefined) {
    const mark = classes.find(({ id }) => id === classId);
    chips.push({ key: 'class', label: mark?.name ?? 'Class', without: { classId: null }, mark });
  }
  if (rootId !== undefined || folder !== undefined) {
    const root = roots.find(({ id }) => id === rootId);
    const label = folder ?? root?.folder.split(/[/\\]/).at(-1) ?? 'Folder';
    chips.push({ key: 'folder', label, without: { rootId: null, folder: null } });
  }
  if (text !== undefined) chips.push({ key: 'text', label: `“${text}”`, without: { text: null } });
  return chips;
}
