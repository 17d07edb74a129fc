import type { ReadOnlyLibrary } from '../library/client.ts';
import type { FolderLabel } from '../library/images.ts';
import type { ImageId } from '../../shared/records.ts';

/** More at once would stop everything else in this thread while they arrive. */
const imagesAPortion = 2000;

/** The ready images that lie in a folder below their root, with its name as their class, by their ids. */
export async function folderLabels(read: ReadOnlyLibrary['read']): Promise<readonly FolderLabel[]> {
  const all: FolderLabel[] = [];
  let after: ImageId | null = 0 as ImageId;
  while (after !== null) {
    const { labels, last }: Awaited<ReturnType<typeof read.listFolderLabels>> = await read.listFolderLabels(
      after,
      imagesAPortion,
    );
    for (const label of labels) all.push(label);
    after = last;
  }
  return all;
}
