import type { ImportedImage, RootId } from '../../shared/records.ts';
import { importFolders } from './importFolders.ts';
import type { OnProgress } from './importProgress.ts';

/** A file of a folder that was decoded outside of any project. */
export type DecodedFile = Omit<ImportedImage, 'rootId'>;

/**
 * Decodes every image below `folder` as an import does, into a new pixel store in `storeFolder`: for a folder of
 * test images, or for predictions. Slots of size M; files with the same bytes share one.
 * @returns one record a file, in the byte order of their paths, unreadable ones included
 * @throws no-such-folder, no-images, disk-full; the signal's reason when aborted
 */
export async function decodeFolderToStore(
  folder: string,
  storeFolder: string,
  slotSize: number,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<readonly DecodedFile[]> {
  const roots = [{ rootId: 0 as RootId, folder }];
  const request = { pixelsFolder: storeFolder, roots, known: [], slotsInUse: 0, slotSize };
  const files: DecodedFile[] = [];
  for await (const batch of importFolders(request, {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  })) {
    for (const { rootId: _, ...file } of batch.images) files.push(file);
  }
  return files;
}
