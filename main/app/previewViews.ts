import type { ReadOnlyLibrary } from '../library/client.ts';
import { runJob } from '../worker/host.ts';
import type { EncodedPicture } from '../../shared/pictures.ts';
import type { ImageId } from '../../shared/records.ts';

export interface PreviewOptions {
  readonly method: string;
  readonly preset: string;
  /** Side of the views; null: what a run would take. */
  readonly imageSize: number | null;
  /** A few images; those without pixels are left out. */
  readonly images: readonly ImageId[];
  /** How often the method's views (usually two) are drawn of each. */
  readonly draws?: number;
  /** Another one draws others. */
  readonly seed?: number;
}

export interface ViewPreview {
  readonly imageSize: number;
  readonly rows: readonly { readonly imageId: ImageId; readonly views: readonly EncodedPicture[] }[];
}

/** Views of the project's own images, as a pretraining with these settings would see them. @throws invalid-option */
export async function previewViews(
  library: ReadOnlyLibrary,
  { images, draws = 2, seed = 1, method, preset, imageSize }: PreviewOptions,
  signal?: AbortSignal,
): Promise<ViewPreview> {
  const found = await Promise.all(images.map((id) => library.read.getImage(id)));
  const shown = found.flatMap((image) =>
    image === null || image.slot === null ? [] : [{ imageId: image.id, slot: image.slot }],
  );
  const result = await runJob(
    'previewViews',
    {
      ...{ method, preset, imageSize, draws, seed },
      pixelFolder: library.pixelsFolder,
      slots: shown.map(({ slot }) => slot),
    },
    { onEvent: () => undefined, ...(signal && { signal }) },
  );
  const rows = shown.map(({ imageId }, i) => ({ imageId, views: result.views[i] }));
  return { imageSize: result.imageSize, rows };
}
