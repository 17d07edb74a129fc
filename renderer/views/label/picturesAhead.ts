import { api } from '../../api.ts';
import type { ImageId } from '../../../shared/records.ts';

/** Pictures that are fetched and decoded before they are asked about: enough for quick keys, few beside the label. */
const kept = 3;

export interface PicturesAhead {
  /** Fetches the first of these; lets go of what is no longer among them. */
  fetch(next: readonly ImageId[]): void;
}

/** Holds the pictures that come next, decoded, so that the browser has them when they are shown. */
export function picturesAhead(): PicturesAhead {
  let pictures = new Map<ImageId, readonly HTMLImageElement[]>();

  return {
    fetch(next) {
      pictures = new Map(next.slice(0, kept).map((id) => [id, pictures.get(id) ?? load(id)]));
    },
  };
}

function load(id: ImageId): readonly HTMLImageElement[] {
  return (['thumbnail', 'full'] as const).map((size) => {
    const image = new Image();
    image.src = api.imageUrl(id, size);
    // One that cannot be shown says so where it is shown.
    image.decode().catch(() => undefined);
    return image;
  });
}
