import { open } from 'node:fs/promises';
import { constants } from 'node:fs';
import { shownType } from '../../shared/shownFormats.ts';
import type { ReadOnlyLibrary } from '../library/client.ts';
import { newestFirst } from './newestFirst.ts';
import { runJob } from '../worker/host.ts';
import type { ImageId, ImageRow } from '../../shared/records.ts';

/** A picture of an image, as large as it can be had. */
export interface FullPicture {
  /** For example `image/jpeg`. */
  readonly type: string;
  readonly bytes: Uint8Array;
  /** `original`: the file's own bytes. `converted`: made of it. `stored`: what the project kept; it may be smaller. */
  readonly from: 'original' | 'converted' | 'stored';
  /** What there is to say about it, a clause for people; else null. */
  readonly note: string | null;
}

/** Larger files are converted: nobody waits for them. */
const mostBytes = 64 * 2 ** 20;
const defaultSide = 4096;
/** Each conversion has a process of its own: many at once would be in the way of everything else. */
const convert = newestFirst(1);

/**
 * The full picture of an image: the file itself where browsers show such files, else a JPEG or PNG of it, decoded as the
 * import did; where the file is gone or damaged, what the pixel store has of it.
 * @param side longer side in pixels of what is converted, at most
 * @returns null for an unknown image, and where nothing can be shown at all
 */
export async function readFullPicture(
  library: ReadOnlyLibrary,
  id: ImageId,
  { side = defaultSide }: { readonly side?: number } = {},
): Promise<FullPicture | null> {
  const image = await library.read.getImage(id);
  if (image === null) return null;
  const path = await pathOf(library, image);
  const own = await readShown(path, image);
  if (own !== null) return own;
  const request = { path, slot: image.slot, pixelFolder: library.pixelsFolder, side };
  try {
    const { type, bytes, from, note } = await convert(() =>
      runJob('picture', request, { onEvent: () => undefined }),
    );
    return { type, bytes, from: from === 'original' ? 'converted' : 'stored', note };
  } catch {
    // A file that ends the decoder's process, or is no picture: its slot, where it has one.
    return image.slot === null ? null : readStored(library, image.slot);
  }
}

async function readStored(library: ReadOnlyLibrary, slot: number): Promise<FullPicture> {
  const request = { path: null, slot, pixelFolder: library.pixelsFolder, side: defaultSide };
  const { type, bytes } = await convert(() => runJob('picture', request, { onEvent: () => undefined }));
  return { type, bytes, from: 'stored', note: 'the file cannot be shown' };
}

async function pathOf({ read }: ReadOnlyLibrary, { rootId, relativePath }: ImageRow): Promise<Buffer> {
  const root = (await read.listRoots()).find(({ id }) => id === rootId);
  return Buffer.concat([Buffer.from(`${root?.folder ?? ''}/`), relativePath]);
}

/** The file's own bytes, where every browser shows them as the import saw them; null where not. */
async function readShown(path: Buffer, { note }: ImageRow): Promise<FullPicture | null> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null);
  if (file === null) return null;
  try {
    const found = await file.stat();
    if (!found.isFile() || found.size > mostBytes) return null;
    const start = new Uint8Array(16);
    await file.read(start, 0, start.length, 0);
    const type = shownType(start);
    // An import that stretched the values of a PNG showed what no browser does.
    if (type === null || (type === 'image/png' && note !== null)) return null;
    return { type, bytes: new Uint8Array(await file.readFile()), from: 'original', note: null };
  } catch {
    return null;
  } finally {
    await file.close();
  }
}
