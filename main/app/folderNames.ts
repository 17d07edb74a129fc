import type { ReadOnlyLibrary } from '../library/client.ts';
import { folderLabels } from './folderLabels.ts';
import type { FolderNames } from '../../shared/labelling.ts';

/** What the folders are called that the images lie in, and how many lie in each; the largest first. */
export async function folderNames({ read }: ReadOnlyLibrary): Promise<FolderNames> {
  const labels = await folderLabels(read);
  const counts = new Map<string, number>();
  for (const { className } of labels) counts.set(className, (counts.get(className) ?? 0) + 1);
  const classes = [...counts].map(([name, images]) => ({ name, images }));
  return { classes: classes.sort((a, b) => b.images - a.images), images: labels.length };
}
