import type { ImageQuery } from '../../../shared/imageWindow.ts';
import type { ClassId, ClassRow } from '../../../shared/records.ts';

const sets = [
  { value: 'unlabeled', label: 'Without a label' },
  { value: 'unsure', label: 'Unsure' },
  { value: 'skipped', label: 'Skipped' },
  { value: 'held-out', label: 'Held out for testing' },
] as const;

/** What the grid can show: the round, a set, or the images of a class. */
export function gridSets(classes: readonly ClassRow[]): readonly { value: string; label: string }[] {
  const ofClasses = classes.map(({ id, name }) => ({ value: `class-${id}`, label: `Labelled “${name}”` }));
  return [{ value: 'round', label: 'Suggestions' }, ...sets, ...ofClasses];
}

/** The query of a choice; null for the round. */
export function queryOf(choice: string): ImageQuery | null {
  const set = sets.find(({ value }) => value === choice);
  if (set !== undefined) return { filter: { show: set.value }, sort: 'imported' };
  const classId = Number(/^class-(\d+)$/.exec(choice)?.[1]);
  if (!Number.isInteger(classId)) return null;
  return { filter: { show: 'labelled', classId: classId as ClassId }, sort: 'newest-label' };
}
