import type { ImageId } from '../../../shared/records.ts';

/** Nothing is chosen: the next answer goes to the image that is shown. */
export const noImages: ReadonlySet<ImageId> = new Set();

/** With the image where it was not among them, else without it. */
export function withToggled(images: ReadonlySet<ImageId>, id: ImageId): ReadonlySet<ImageId> {
  const next = new Set(images);
  if (!next.delete(id)) next.add(id);
  return next;
}
