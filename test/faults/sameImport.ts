import { openPixelStore } from '../../main/importer/pixelStore.ts';
import { crashReason } from '../../main/importer/readPending.ts';
import type { ReadableDatabase } from '../../main/library/database.ts';
import { listImages } from '../../main/library/images.ts';
import { openProjectReadOnly } from '../../main/library/project.ts';
import { getThumbnail } from '../../main/library/thumbnails.ts';
import type { ImageRow } from '../../shared/records.ts';

/** What is different between two projects of the same folder; all but `files` must be 0. */
export interface ImportDifference {
  /** Files that the second one has. */
  readonly files: number;
  /** Files of the second project without a row, or with one of other contents, size or reason, in the first. */
  readonly otherRows: number;
  readonly otherPixels: number;
  readonly otherThumbnails: number;
  /** Files that only the first has, though they are not there. */
  readonly tooMany: number;
  /** Files that are said to crash the decoder, because the worker was killed while it read them. */
  readonly blamed: number;
}

/** Compares what two projects know of the files of one folder: rows, pixels in their slots, thumbnails. */
export function compareImports(disturbed: string, undisturbed: string): ImportDifference {
  const [a, b] = [contentsOf(disturbed), contentsOf(undisturbed)];
  const different = (part: keyof Content): number =>
    [...b].filter(([name, content]) => a.get(name)?.[part] !== content[part]).length;
  return {
    files: b.size,
    otherRows: different('row'),
    otherPixels: different('pixels'),
    otherThumbnails: different('thumbnail'),
    tooMany: [...a.keys()].filter((name) => !b.has(name)).length,
    blamed: [...a.values()].filter(({ row }) => row.includes(crashReason)).length,
  };
}

/** Ready images whose slot or thumbnail is not there: none, at any moment. */
export function countIncomplete(db: ReadableDatabase, pixelsFolder: string): number {
  const ready = listImages(db, 'ready');
  if (ready.length === 0) return 0;
  const store = openPixelStore(pixelsFolder);
  store.close();
  return ready.filter(({ id, slot }) => slot === null || slot >= store.count || !getThumbnail(db, id)).length;
}

interface Content {
  readonly row: string;
  readonly pixels: string;
  readonly thumbnail: string;
}

function contentsOf(folder: string): ReadonlyMap<string, Content> {
  const { db, pixelsFolder, close } = openProjectReadOnly(folder);
  const store = openPixelStore(pixelsFolder);
  try {
    const into = new Uint8Array(3 * store.slotSize ** 2);
    const size = new Int32Array(2);
    const pixelsOf = (slot: number): string => {
      store.readSlots([slot], into, size);
      return `${size.join()} ${Buffer.from(into).toString('latin1')}`;
    };
    const present = (['ready', 'unreadable'] as const).flatMap((state) => listImages(db, state));
    return new Map(
      present.map((image) => [
        Buffer.from(image.relativePath).toString('latin1'),
        {
          row: rowText(image),
          pixels: image.slot === null ? '' : pixelsOf(image.slot),
          thumbnail: Buffer.from(getThumbnail(db, image.id)?.bytes ?? []).toString('latin1'),
        },
      ]),
    );
  } finally {
    store.close();
    close();
  }
}

function rowText({ state, contentHash, byteSize, mtime, width, height, reason, note }: ImageRow): string {
  // The decoder's own words, in brackets, are now and then lost between its threads.
  const told = reason?.replace(/ \(.*\)$/, '');
  return JSON.stringify([state, contentHash, byteSize, mtime, width, height, told, note]);
}
