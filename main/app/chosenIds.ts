import type { Library } from '../library/client.ts';
import type { ChosenImages } from '../../shared/contract/imageCommands.ts';
import type { ImageId } from '../../shared/records.ts';

/** The ids of images that were chosen, in their order. */
export async function chosenIds({ read }: Library, images: ChosenImages): Promise<readonly ImageId[]> {
  if ('ids' in images) return images.ids;
  const listed = await read.listQueryIds(images.query, images.order);
  const except = new Set<number>(images.except);
  return Array.from(listed, (id) => id as ImageId).filter((id) => !except.has(id));
}
