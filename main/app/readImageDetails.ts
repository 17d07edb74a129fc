import { join } from 'node:path';
import type { ImageDetails } from '../../shared/contract/imageCommands.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import type { ImageId } from '../../shared/records.ts';

const mostDuplicates = 12;

/** All that there is to say about one image, for people; null for an unknown one. */
export async function readImageDetails({ read }: ReadOnlyLibrary, id: ImageId): Promise<ImageDetails | null> {
  const image = await read.getImage(id);
  if (image === null) return null;
  const [roots, label, group] = await Promise.all([
    read.listRoots(),
    read.getLabel(id),
    read.getDuplicateGroup(id),
  ]);
  const others = (group?.images ?? []).filter((other) => other.id !== id).slice(0, mostDuplicates);
  const duplicates = others.map(async (other) => {
    const name = (await read.getImage(other.id))?.displayName ?? '';
    return { id: other.id, name, kind: other.kind };
  });
  const { displayName, byteSize, mtime, width, height, state, heldOut } = image;
  return {
    ...{ id, displayName, byteSize, mtime, width, height, state, heldOut },
    path: join(roots.find((root) => root.id === image.rootId)?.folder ?? '', displayName),
    remark: image.reason ?? image.note,
    classId: label?.classId ?? null,
    duplicates: await Promise.all(duplicates),
  };
}
