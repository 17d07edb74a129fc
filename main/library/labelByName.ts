import type { ImageId, LabelSource } from '../../shared/records.ts';
import { ensureClasses } from './classes.ts';
import { inTransaction, type WritableDatabase } from './database.ts';
import { listLabels, setLabels, type NewLabel } from './labels.ts';

export interface NamedLabel {
  readonly imageId: ImageId;
  readonly className: string;
}

export interface LabelByNameOptions {
  readonly source: LabelSource;
  /** Take away every label of an image that is not among these. */
  readonly replace: boolean;
}

/**
 * Labels images with classes by their names, which are added where the project does not have them; all of it is one
 * action of the label history and one transaction.
 * @returns how many labels changed, and how many were to be taken away
 */
export function labelByName(
  db: WritableDatabase,
  named: readonly NamedLabel[],
  { source, replace }: LabelByNameOptions,
): { readonly changed: number; readonly removed: number } {
  return inTransaction(db, () => {
    // In the order of the alphabet: then a project made twice has its classes in the same order.
    const names = [...new Set(named.map(({ className }) => className))].sort();
    const classIds = new Map(ensureClasses(db, names).map((row) => [row.name, row.id]));
    const labels: NewLabel[] = named.map(({ imageId, className }) => ({
      imageId,
      classId: classIds.get(className) ?? null,
    }));
    const kept = new Set(labels.map((label) => label.imageId));
    const removals = replace ? listLabels(db).filter((label) => !kept.has(label.imageId)) : [];
    const removed = removals.map(({ imageId }) => ({ imageId, classId: null }));
    return { changed: setLabels(db, [...removed, ...labels], source), removed: removals.length };
  });
}
