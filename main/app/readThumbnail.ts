import { readPicture } from './readPicture.ts';
import type { ImageId } from '../../shared/records.ts';
import type { Picture } from './application.ts';
import type { ApplicationContext } from './context.ts';

/** A picture of an image of the open project, null where there is none. */
export async function readThumbnail(
  context: ApplicationContext,
  id: ImageId,
  size: 'thumbnail' | 'full',
): Promise<Picture | null> {
  const library = context.library();
  return size === 'thumbnail' ? library.read.getThumbnail(id) : readPicture(library, id);
}
