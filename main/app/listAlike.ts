import { findNeighbours } from './findNeighbours.ts';
import type { AlikeImage } from '../../shared/contract/imageCommands.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import type { ImageId } from '../../shared/records.ts';

const mostAlike = 8;

/**
 * What the newest encoder takes for most like an image, for people; null while no encoder has looked at the images.
 * @throws as `findNeighbours`
 */
export async function listAlike(library: ReadOnlyLibrary, id: ImageId): Promise<AlikeImage[] | null> {
  if ((await library.read.latestEmbeddings()) === null) return null;
  const [{ neighbours }] = await findNeighbours(library, { images: [id], k: mostAlike });
  const rows = await library.read.listRows(neighbours.map(({ imageId }) => imageId));
  return rows.map((row) => ({ id: row.id, name: row.displayName }));
}
